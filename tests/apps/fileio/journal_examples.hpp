// What the tests of journals and results share: a folder of their own, and pieces of an imagined input.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>

#include "apps/fileio/flow/piece.hpp"
#include "common/base/status.hpp"

namespace pacer::fileio::examples {

class InOwnFolder : public testing::Test {
  protected:
    InOwnFolder() : home_(std::filesystem::current_path()) {
        std::string name = (std::filesystem::temp_directory_path() / "fileio_test.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        std::filesystem::current_path(folder_);
    }
    ~InOwnFolder() override {
        std::filesystem::current_path(home_);
        std::filesystem::remove_all(folder_);
    }
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            names.insert(entry.path().filename());
        return names;
    }

  private:
    std::filesystem::path folder_, home_;
};

// While it lives, no file may grow beyond so many bytes; stands in for a full disk.
class LimitOnFileSizes {
  public:
    explicit LimitOnFileSizes(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    LimitOnFileSizes(const LimitOnFileSizes&) = delete;
    LimitOnFileSizes& operator=(const LimitOnFileSizes&) = delete;
    ~LimitOnFileSizes() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

inline std::string message_of(const std::function<void()>& doing) {
    try {
        doing();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no UsageError";
}

inline void put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The imagined files have lines of 10 bytes. Line 3 of each 7 is rejected, line 4 of each 5 of the others
// skipped; the results of line i of file f are i / 3 and f.
inline constexpr std::int64_t line_bytes = 10;

enum class Fate { done, rejected, skipped };
inline Fate fate(std::int64_t line) {
    return line % 7 == 3 ? Fate::rejected : line % 5 == 4 ? Fate::skipped : Fate::done;
}

// Lines first .. end-1, from 0.
inline Bytes piece(std::int64_t file, std::int64_t first, std::int64_t end) {
    PieceBuilder builder(2);
    for (auto line = first; line < end; ++line) {
        if (fate(line) == Fate::done) {
            const auto room = builder.room_for_results();
            room[0] = static_cast<double>(line) / 3;
            room[1] = static_cast<double>(file);
            builder.add_done(line - first);
        } else if (fate(line) == Fate::rejected) {
            builder.add_rejected(line - first, line % 2 == 0 ? 0 : 5, "no number\nat all");
        } else {
            builder.add_skipped(line - first);
        }
    }
    PieceHeader header;
    header.place = {file, first * line_bytes, (end - first) * line_bytes, first, first, end - first, 0};
    header.text_hash = static_cast<std::uint64_t>(first) + 1000;
    return builder.finish(header);
}

}  // namespace pacer::fileio::examples
