// How fast one core reads numbers: RecordParser, which knows comments, commas, Fortran's exponents and what
// is wrong with a line, against bare loops over the same rows of three %22.14E in memory: two know blanks
// only, and two these rows only.
//
//     parse
#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/base/clock.hpp"
#include "common/launch/launch.hpp"
#include "common/measure/statistics.hpp"
#include "common/parallel/team.hpp"
#include "io/records/records.hpp"
#include "tests/benchmarks/bare_rows.hpp"

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

template <class Rows>
void bare_rows(const std::string& text, std::vector<double>& sums) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) sums.push_back(Rows::row(at));
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
    struct {
        std::string_view name;
        Way way;
    } constexpr ways[] = {{"RecordParser", with_parser},
                          {"bare std::from_chars", with_std},
                          {"bare fast_float::from_chars", with_fast_float},
                          {"bare, eight digits at a time", bare_rows<bare::EightAtATime>},
                          {"bare, at known bytes", bare_rows<bare::AtKnownBytes>}};
    constexpr auto count = std::size(ways);
    const std::string text = make_rows(rows);
    std::vector<double> want, sums, rate[count], ratio[count];
    with_std(text, want);
    sums.reserve(want.size());
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t way = 0; way < count; ++way) {
            sums.clear();
            const double start = now_seconds();
            ways[way].way(text, sums);
            rate[way].push_back(static_cast<double>(text.size()) / (now_seconds() - start) / 1e6);
            if (sums != want || sums.size() != rows) throw std::runtime_error("wrong sums");
            ratio[way].push_back(rate[0].back() / rate[way].back());
        }
    }
    fmt::print("medians of {} rounds\n", rounds);
    for (std::size_t way = 0; way < count; ++way)
        fmt::print("{:<29} {:7.1f} MB/s   RecordParser has {:.2f} of it\n", ways[way].name, median(rate[way]),
                   median(ratio[way]));
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("parse", argc, argv, [](const Team& world) {
        if (world.root()) measure();
        return ExitStatus::right;
    });
}
