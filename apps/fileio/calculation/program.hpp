// Calculations by a program of the user's own, in any language, that reads records and writes results.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "common/base/program_starter.hpp"

namespace pacer::fileio {

// A program ended, answers something else than what it should, or takes too long.
struct ProgramFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A program that is running. It gets the records of a block, a line each, and then an empty line; and answers
// each record with a line of numbers or "reject: REASON", in the same order, and the empty line with an empty
// one, by which both know that nothing was lost, doubled or left over.
class Program {
  public:
    // With so many results of each record. Throws std::runtime_error.
    Program(const std::string& command, int results);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program();

    // What to calculate: where the records are, for messages, and what to do when one of them is begun.
    struct Block {
        std::string_view path;
        std::vector<std::int64_t> lines{};  // of the records, from 0 in their file
        std::string text{};                 // a line each
        std::function<void(std::int64_t line)> at{};
        double timeout_seconds = 0;  // of the block; 0: none
    };
    // Lets it calculate a block. Throws ProgramFailed, which names the block.
    void calculate(const Block& block);

    // What it answered: the next record's results; or false, and the reason why that is rejected.
    bool next_answer(std::span<double> results, std::string& reason);

  private:
    void take_output(const Block& block);
    void take_line(const Block& block, std::string_view line);
    void take_errors(const Block& block, bool all);
    void send(const Block& block);
    std::string named(const Block& block) const;
    [[noreturn]] void refuse(const Block& block, const std::string& why) const;

    std::string command_;
    std::size_t results_;
    StartedProgram process_;
    std::size_t sent_ = 0;         // bytes of the block
    std::string output_, errors_;  // that are no whole line yet
    bool ended_ = false;           // the block's answers, by an empty line
    bool asked_to_flush_ = false;
    std::vector<double> values_{};        // [answered x results]
    std::vector<std::string> reasons_{};  // of each answer; empty: it is not rejected
    std::size_t taken_ = 0;               // answers
};

// One for each thread that calculates, started when it is first needed.
class Programs {
  public:
    Programs(std::string command, int results) : command_(std::move(command)), results_(results) {}
    Program& of(int thread);
    std::shared_ptr<Programs> anew() const { return std::make_shared<Programs>(command_, results_); }

  private:
    std::string command_;
    int results_;
    std::mutex mutex_{};
    std::map<int, std::unique_ptr<Program>> running_{};
};

// "exec:COMMAND" or "exec:N:COMMAND", with N results of each record, else 1. Throws UsageError.
Calculation program_calculation(const std::string& name);

}  // namespace pacer::fileio
