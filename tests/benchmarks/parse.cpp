// How fast one core reads numbers: RecordParser, which knows comments, commas, Fortran's exponents and what
// is wrong with a line, against bare loops that know blanks only, over the same rows of three %22.14E in
// memory.
//
//     parse
#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "common/base/clock.hpp"
#include "common/launch/launch.hpp"
#include "common/measure/statistics.hpp"
#include "common/parallel/team.hpp"
#include "io/records/records.hpp"

namespace {

using namespace pacer;

// The sum of each row, into `sums`.
using Way = void (*)(const std::string& text, std::vector<double>& sums);

// from_chars is a function that reads a number and says where it ends.
template <class FromChars>
void bare(const std::string& text, std::vector<double>& sums, FromChars from_chars) {
    const char* at = text.data();
    const char* const end = at + text.size();
    double sum = 0;
    while (at != end) {
        if (*at == ' ') {
            ++at;
        } else if (*at == '\n') {
            sums.push_back(sum);
            sum = 0;
            ++at;
        } else {
            double value = 0;
            const auto result = from_chars(at, end, value);
            if (result.ec != std::errc()) return;
            at = result.ptr;
            sum += value;
        }
    }
}

void with_std(const std::string& text, std::vector<double>& sums) {
    bare(text, sums,
         [](const char* at, const char* end, double& value) { return std::from_chars(at, end, value); });
}

void with_fast_float(const std::string& text, std::vector<double>& sums) {
    bare(text, sums, [](const char* at, const char* end, double& value) {
        return fast_float::from_chars(at, end, value);
    });
}

void with_parser(const std::string& text, std::vector<double>& sums) {
    RecordParser parser;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (parser.next(at, end) != RecordParser::Line::record) return;
        double sum = 0;
        for (const double field : parser.fields()) sum += field;
        sums.push_back(sum);
    }
}

std::string make_rows(int rows) {
    std::mt19937_64 random;
    std::uniform_real_distribution<double> numbers(-10, 10);
    std::string text;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < 3; ++column) text += fmt::format("{:22.14E}", numbers(random));
        text += '\n';
    }
    return text;
}

void measure() {
    constexpr int rows = 500'000, rounds = 21;
    constexpr Way ways[] = {with_std, with_fast_float, with_parser};
    const std::string text = make_rows(rows);
    std::vector<double> want, sums, rate[3], ratio[2];
    with_std(text, want);
    sums.reserve(want.size());
    for (int round = 0; round < rounds; ++round) {
        for (int way = 0; way < 3; ++way) {
            sums.clear();
            const double start = now_seconds();
            ways[way](text, sums);
            rate[way].push_back(static_cast<double>(text.size()) / (now_seconds() - start) / 1e6);
            if (sums != want || sums.size() != rows) throw std::runtime_error("wrong sums");
        }
        for (int way = 0; way < 2; ++way) ratio[way].push_back(rate[2].back() / rate[way].back());
    }
    fmt::print("bare std::from_chars         {:7.1f} MB/s\n", median(rate[0]));
    fmt::print("bare fast_float::from_chars  {:7.1f} MB/s\n", median(rate[1]));
    fmt::print(
        "RecordParser                 {:7.1f} MB/s   {:.2f} and {:.2f} of the bare ones (medians of {})\n",
        median(rate[2]), median(ratio[0]), median(ratio[1]), rounds);
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("parse", argc, argv, [](const Team& world) {
        if (world.root()) measure();
        return ExitStatus::right;
    });
}
