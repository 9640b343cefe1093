// libFuzzer target: whatever the doubles, wherever they are divided, all ways to sum them exactly agree in
// every word. The input is a programme that makes long arrays: runs of values with changing exponents,
// outliers, and doubles of any bits. tests/fuzz_test.sh builds and runs it.
#include <bit>
#include <cfenv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "common/exact_sum/exact_sum.hpp"

namespace {

using pacer::ExactSum;

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    bool empty() const { return at_ >= size_; }
    std::uint64_t take(std::size_t bytes) {
        std::uint64_t value = 0;
        for (; bytes > 0; --bytes) value = value << 8 | (empty() ? 0 : data_[at_++]);
        return value;
    }

  private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

std::uint64_t mixed(std::uint64_t& state) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return state ^ (state >> 29);
}

// Up to 64 Ki values.
std::vector<double> values_of(Input& input) {
    std::vector<double> values;
    while (!input.empty() && values.size() < 65536) {
        const auto kind = input.take(1);
        if (kind < 64) {  // a double of any bits
            values.push_back(std::bit_cast<double>(input.take(8)));
            continue;
        }
        // A run: its length, lowest exponent, spread, and how often there is an outlier.
        const auto count = input.take(2) % 12000, lowest = input.take(2) % 2047,
                   spread = 1 + input.take(2) % 2047;
        const auto every = kind >= 192 ? 1 + input.take(2) % 6000 : 0;
        const double outlier = every != 0 ? std::bit_cast<double>(input.take(8)) : 0;
        const bool equal = kind % 4 == 0;  // mantissas as large as can be, of one sign
        std::uint64_t state = kind;
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto random = mixed(state);
            const auto field = std::min<std::uint64_t>(lowest + (random >> 40) % spread, 2046);
            const auto sign_and_mantissa =
                equal ? (std::uint64_t{1} << 52) - 1 : random << 63 | mixed(state) >> 12;
            values.push_back(std::bit_cast<double>(sign_and_mantissa | field << 52));
            if (every != 0 && i % every == 0) values.back() = outlier;
        }
    }
    return values;
}

ExactSum::Words words_of(ExactSum sum) {
    sum.normalise();
    return sum.as_words();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    constexpr int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const int mode = modes[input.take(1) % 4];
    const std::size_t pieces = input.take(1);
    const auto values = values_of(input);

    ExactSum singly;
    for (const double value : values) singly.add(value);
    const auto want = words_of(singly);
    const auto rounded = std::bit_cast<std::uint64_t>(singly.round());

    std::fesetround(mode);
    for (const auto level : pacer::vector_levels()) {
        pacer::use_vector_level(level);
        require(std::bit_cast<std::uint64_t>(pacer::exact_sum(values)) == rounded, "the sum differs");
        pacer::ExactAccumulator accumulator;
        ExactSum merged;
        std::uint64_t state = pieces;
        for (std::span<const double> left = values; !left.empty();) {
            const auto length = std::min<std::size_t>(left.size(), 1 + mixed(state) % (1 + pieces * 64));
            accumulator.add(left.first(length));
            if (mixed(state) % 4 == 0) {
                merged.merge(accumulator.sum());
                accumulator = {};
            }
            left = left.subspan(length);
        }
        merged.merge(accumulator.sum());
        require(words_of(merged) == want, "the sum of pieces differs");
    }
    std::fesetround(FE_TONEAREST);
    return 0;
}
