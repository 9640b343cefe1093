// Exact sums against whole numbers of any size: every path, every edge, every floating-point mode.
#include "common/exact_sum/exact_sum.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cfenv>
#include <cfloat>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

namespace pacer {
namespace {

using boost::multiprecision::cpp_int;
using Doubles = std::vector<double>;

constexpr double least = 0x1p-1074, infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double full = 0x1.fffffffffffffp+0;  // all bits of the mantissa set

std::uint64_t bits_of(double value) {
    return std::bit_cast<std::uint64_t>(value);
}

// In units of 2^-1074; of infinity what would be the next double.
cpp_int scaled(double value) {
    if (std::isinf(value)) return (value > 0 ? cpp_int(1) : cpp_int(-1)) << (1024 + 1074);
    int exponent = 0;
    const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
    const int shift = exponent - 53 + 1074;
    return shift >= 0 ? cpp_int(cpp_int(mantissa) << shift)
                      : cpp_int(cpp_int(mantissa) / (cpp_int(1) << -shift));
}

cpp_int whole(const ExactSum& sum) {
    cpp_int value = 0;
    for (std::size_t i = ExactSum::limbs; i-- > 0;) value = (value << 32) + sum.as_words()[i];
    return value;
}

// By definition: no double is nearer, and of two equally near ones this has the even mantissa.
void expect_nearest(double rounded, const cpp_int& sum) {
    ASSERT_FALSE(std::isnan(rounded));
    const cpp_int error = abs(scaled(rounded) - sum);
    for (const double direction : {-infinity, infinity}) {
        const double neighbour = std::nextafter(rounded, direction);
        if (neighbour == rounded) continue;
        const cpp_int other = abs(scaled(neighbour) - sum);
        ASSERT_TRUE(error < other || (error == other && bits_of(rounded) % 2 == 0)) << rounded;
    }
}

ExactSum singly(std::span<const double> values) {
    ExactSum sum;
    for (const double value : values) sum.add(value);
    return sum;
}

ExactSum::Words words_of(ExactSum sum) {
    sum.normalise();
    return sum.as_words();
}

// The sum of the values in pieces of `size`, as the fast ways find it.
ExactAccumulator in_pieces(std::span<const double> values, std::size_t size) {
    ExactAccumulator accumulator;
    for (; values.size() > size; values = values.subspan(size)) accumulator.add(values.first(size));
    accumulator.add(values);
    return accumulator;
}

// Runs with each instruction set of this CPU.
template <class Body>
void at_every_level(const Body& body) {
    for (const auto name : vector_levels()) {
        use_vector_level(name);
        SCOPED_TRACE(name);
        body();
    }
    use_vector_level(vector_levels().front());
}

// Doubles whose exponent fields lie in lowest .. lowest + spread - 1.
Doubles random_doubles(std::size_t count, std::int64_t lowest, std::int64_t spread, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Doubles values(count);
    for (auto& value : values) {
        const auto field = lowest + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spread));
        value =
            std::bit_cast<double>(random() << 63 | random() >> 12 | static_cast<std::uint64_t>(field) << 52);
    }
    return values;
}

// Everything that must agree on a sum of finite values does.
void expect_exact(const Doubles& values) {
    const auto want = singly(values);
    cpp_int sum = 0;
    for (const double value : values) sum += scaled(value);
    ASSERT_EQ(whole(want), sum);
    expect_nearest(want.round(), sum);
    at_every_level([&] {
        ASSERT_EQ(bits_of(exact_sum(values)), bits_of(want.round()));
        ASSERT_EQ(words_of(in_pieces(values, 777).sum()), words_of(want));
    });
}

constexpr double at_compile_time() {
    ExactSum sum;
    for (const double value : {1e308, 0.1, -1e308, 0.2}) sum.add(value);
    sum.normalise();
    return sum.round();
}
static_assert(at_compile_time() == 0.30000000000000004);
static_assert(ExactSum().round() == 0);

TEST(ExactSum, IsThatOfWholeNumbers) {
    for (const std::int64_t spread : {1, 5, 46, 47, 97, 98, 148, 149, 600, 2046}) {
        for (const std::int64_t lowest :
             {std::int64_t{0}, std::int64_t{1}, 1023 - spread / 2, 2047 - spread}) {
            if (lowest < 0 || lowest + spread > 2047) continue;
            expect_exact(random_doubles(10'007, lowest, spread, static_cast<std::uint64_t>(spread)));
        }
    }
    expect_exact(random_doubles(100'000, 0, 2047, 1));
}

TEST(ExactSum, OfAnyLength) {
    for (const std::int64_t spread : {2, 120, 1000}) {
        const auto values = random_doubles(5000, 500, spread, 2);
        for (std::size_t n = 0; n < 300; ++n)
            expect_exact({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n)});
        for (const std::size_t n : {4095, 4096, 4097, 4999})
            expect_exact({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n)});
    }
}

TEST(ExactSum, RoundsHalfwayCasesToEven) {
    constexpr double big = 0x1p53;
    const std::pair<Doubles, double> cases[] = {
        {{big, 1}, big},
        {{big, 1, least}, big + 2},
        {{big, 1, -least}, big},
        {{big + 2, 1}, big + 4},
        {{big + 2, 1, -least}, big + 2},
        {{-big, -1}, -big},
        {{-big, -1, -least}, -big - 2},
        {{-big - 2, -1}, -big - 4},
        {{big, -0.5}, big},  // between big - 1 and big, the even one
        {{big, -0.5, -least}, big - 1},
        {{full, 0x1p-53}, 2},
        {{full, 0x1p-53, -least}, full},
        {{-full, -0x1p-53}, -2},
        {{DBL_MIN, -least}, DBL_MIN - least},  // the largest subnormal
        {{DBL_MIN - least, least}, DBL_MIN},
        {{2 * DBL_MIN, least}, 2 * DBL_MIN},
        {{2 * DBL_MIN, least, 0x1p-1022}, 3 * DBL_MIN},
        {{1, -1 + 0x1p-53}, 0x1p-53},
        {{0x1.fffffffep+31, 0x1.fffffffep-1}, 0x1p+32},  // digits full of ones
        {{-0x1.ffffffffffffcp+63, -1, -2, -3}, -0x1.ffffffffffffcp+63},
    };
    for (const auto& [values, want] : cases) {
        EXPECT_EQ(bits_of(exact_sum(values)), bits_of(want)) << exact_sum(values) << " " << want;
        expect_exact(values);
    }
}

TEST(ExactSum, OverflowsWhereItMustAndNotBefore) {
    constexpr double half_unit = 0x1p970;
    const std::pair<Doubles, double> cases[] = {
        {{DBL_MAX, DBL_MAX, -DBL_MAX}, DBL_MAX},
        {{DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX, -DBL_MAX, -DBL_MAX, least}, least},
        {{DBL_MAX, DBL_MAX}, infinity},
        {{-DBL_MAX, -DBL_MAX}, -infinity},
        {{DBL_MAX, half_unit}, infinity},
        {{DBL_MAX, half_unit, -least}, DBL_MAX},
        {{-DBL_MAX, -half_unit}, -infinity},
        {{-DBL_MAX, -half_unit, least}, -DBL_MAX},
    };
    for (const auto& [values, want] : cases) {
        EXPECT_EQ(exact_sum(values), want);
        expect_exact(values);
    }
    Doubles many(20'000, DBL_MAX);
    EXPECT_EQ(exact_sum(many), infinity);
    for (std::size_t i = 0; i < many.size(); i += 2) many[i] = -DBL_MAX;
    many.push_back(1);
    EXPECT_EQ(exact_sum(many), 1);
}

TEST(ExactSum, KeepsTheSignOfZero) {
    for (const std::size_t n : {1, 5, 16, 17, 100, 5000}) {
        Doubles values(n, -0.0);
        EXPECT_EQ(bits_of(exact_sum(values)), bits_of(-0.0)) << n;
        for (const std::size_t at : {std::size_t{0}, n / 2, n - 1}) {
            values[at] = 0.0;
            EXPECT_EQ(bits_of(exact_sum(values)), bits_of(0.0)) << n;
            values[at] = least;
            EXPECT_EQ(exact_sum(values), least) << n;
            values[at] = -0.0;
        }
    }
    EXPECT_EQ(bits_of(exact_sum({})), bits_of(0.0));
    ExactSum zeros = singly(Doubles{-0.0}), none;
    EXPECT_NE(words_of(zeros), words_of(none));
    zeros.merge(none);
    EXPECT_EQ(bits_of(zeros.round()), bits_of(-0.0));
    EXPECT_EQ(words_of(singly(Doubles{-0.0, 1.0})), words_of(singly(Doubles{1.0, -0.0})));
    EXPECT_EQ(bits_of(singly(Doubles{-0.0, 1.0, -1.0}).round()), bits_of(0.0));
}

TEST(ExactSum, OfValuesAndTheirNegativesIsZero) {
    for (const std::int64_t spread : {30, 600, 2046}) {
        auto values = random_doubles(9001, 0, spread, 5);
        const auto half = values.size();
        for (std::size_t i = 0; i < half; ++i) values.push_back(-values[i]);
        at_every_level([&] { EXPECT_EQ(bits_of(exact_sum(values)), bits_of(0.0)); });
    }
}

// The sums of a block's integers are within a step of what 64 bits hold.
TEST(ExactSum, HoldsTheLargestMantissas) {
    for (const double value : {full, -full, full * 0x1p+900, -full * 0x1p-900, DBL_MAX / 2, -DBL_MAX / 8}) {
        for (const std::size_t n : {4095, 4096, 4097, 70'000}) {
            // What is first seen is smaller: in a window made for it, this value uses all the head-room.
            for (const double first : {value, value / 2, value / 4, value / 8, value / 16}) {
                Doubles values(n, value);
                values[0] = first;
                std::fill_n(values.begin(), 64, first);
                const cpp_int sum = scaled(value) * (n - 64) + scaled(first) * 64;
                at_every_level([&] {
                    ASSERT_EQ(whole(in_pieces(values, values.size()).sum()), sum) << value << " " << n;
                });
            }
        }
    }
}

TEST(ExactSum, OfNanAndInfinitiesAtEveryPlace) {
    for (const std::size_t n : {3, 40, 4096, 4133}) {
        for (const std::int64_t spread : {10, 1000}) {
            const auto finite = random_doubles(n, 500, spread, 6);
            std::vector<std::size_t> places;
            for (std::size_t i = 0; i < std::min<std::size_t>(n, 33); ++i) {
                places.push_back(i);
                places.push_back(n - 1 - i);
            }
            at_every_level([&] {
                for (const auto at : places) {
                    auto values = finite;
                    for (const double special :
                         {infinity, -infinity, nan, -nan, std::bit_cast<double>(0x7ff0000000000001)}) {
                        values[at] = special;
                        const auto got = exact_sum(values);
                        ASSERT_EQ(bits_of(got),
                                  bits_of(std::isnan(special) ? std::bit_cast<double>(0x7ff8000000000000)
                                                              : special));
                    }
                    values[at] = infinity;
                    values[at == 0 ? 1 : 0] = -infinity;
                    ASSERT_EQ(bits_of(exact_sum(values)), 0x7ff8000000000000);
                }
            });
        }
    }
}

TEST(ExactSum, KeepsTheFiniteValuesBesideInfinities) {
    auto values = random_doubles(5000, 900, 40, 7);
    values[17] = infinity;
    values[4999] = nan;
    at_every_level([&] {
        auto accumulator = in_pieces(values, values.size());
        EXPECT_EQ(words_of(accumulator.sum()), words_of(singly(values)));
        EXPECT_EQ(accumulator.paths().replaced, 2);
    });
}

TEST(ExactSum, OfUnalignedData) {
    const auto values = random_doubles(5000, 1000, 100, 8);
    std::vector<char> bytes(8 * values.size() + 64);
    for (std::size_t offset = 0; offset < 64; offset += 8) {
        void* at = bytes.data();
        std::size_t space = bytes.size();
        auto* const to = static_cast<double*>(std::align(8, 8 * values.size(), at, space)) + offset / 8;
        std::copy(values.begin(), values.end() - 8, to);
        const std::span copy(to, values.size() - 8);
        at_every_level([&] { ASSERT_EQ(exact_sum(copy), singly(copy).round()) << offset; });
    }
}

TEST(ExactSum, DoesNotDependOnOrderOrPieces) {
    auto values = random_doubles(20'000, 900, 120, 9);
    for (std::size_t i = 0; i < values.size(); i += 1500) values[i] = 1e300;
    const auto want = words_of(singly(values));
    std::mt19937_64 random(10);
    for (int trial = 0; trial < 5; ++trial) {
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{7}, std::size_t{77}, std::size_t{4096}, values.size()}) {
            at_every_level([&] { ASSERT_EQ(words_of(in_pieces(values, size).sum()), want) << size; });
        }
        std::shuffle(values.begin(), values.end(), random);
    }
}

TEST(ExactSum, MergesInAnyTree) {
    const auto values = random_doubles(4000, 0, 2047, 11);
    const auto want = words_of(singly(values));
    std::mt19937_64 random(12);
    for (int trial = 0; trial < 20; ++trial) {
        std::vector<ExactSum> parts(2 + random() % 30);
        for (const double value : values) parts[random() % parts.size()].add(value);
        while (parts.size() > 1) {
            std::shuffle(parts.begin(), parts.end(), random);
            auto last = parts.back();
            parts.pop_back();
            auto left = last, right = parts.back();
            left.merge(parts.back());
            right.merge(last);
            ASSERT_EQ(words_of(left), words_of(right));
            if (random() % 2 == 0) left.normalise();
            parts.back() = left;
        }
        ASSERT_EQ(words_of(parts[0]), want);
    }
}

TEST(ExactSum, ScalesWithPowersOfTwo) {
    const auto values = random_doubles(9000, 1023 - 60, 120, 13);
    const double sum = exact_sum(values);
    for (int power = -900; power <= 900; power += 37) {
        Doubles other = values;
        for (auto& value : other) value = std::ldexp(value, power);
        at_every_level([&] { ASSERT_EQ(exact_sum(other), std::ldexp(sum, power)) << power; });
    }
}

TEST(ExactSum, CarriesInTime) {
    for (const double value : {full, -full, DBL_MAX, -least}) {
        ExactSum sum = singly(Doubles(8, value));
        for (int doubled = 3; doubled < 60; ++doubled) {
            ASSERT_EQ(whole(sum), scaled(value) << doubled) << doubled;
            sum.merge(ExactSum(sum));
        }
    }
    // 2^32 of them, in parts that are not normalised: without carries a limb overflows at 2^31.
    ExactSum part = singly(Doubles{full * 0x1p+300}), sum;
    for (int doubled = 0; doubled < 20; ++doubled) part.merge(ExactSum(part));
    for (int i = 0; i < 4096; ++i) sum.merge(part);
    EXPECT_EQ(whole(sum), scaled(full * 0x1p+300) << 32);
}

TEST(ExactSum, AddsWordByWord) {
    const auto values = random_doubles(3000, 0, 2047, 14);
    ExactSum::Words added{};
    std::int64_t sums = 0;
    for (std::size_t begin = 0; begin < values.size(); begin += 100, ++sums) {
        const auto part = words_of(singly(std::span(values).subspan(begin, 100)));
        for (std::size_t i = 0; i < added.size(); ++i) added[i] += part[i];
    }
    EXPECT_EQ(ExactSum::of_words(added, sums).as_words(), words_of(singly(values)));
    // As many as there may be, of the largest limbs.
    const auto part = words_of(singly(Doubles{-least}));
    constexpr std::int64_t most = std::int64_t{1} << 31;
    for (std::size_t i = 0; i < added.size(); ++i) added[i] = part[i] * most;
    EXPECT_EQ(whole(ExactSum::of_words(added, most)), -cpp_int(most));
}

// Paths: narrow, wide, narrow again; outliers; exponents that move; every fold count.
TEST(ExactSum, TakesEveryPath) {
    Doubles values;
    const auto append = [&](const Doubles& more) { values.insert(values.end(), more.begin(), more.end()); };
    append(random_doubles(50'000, 1000, 30, 20));
    append(random_doubles(50'000, 700, 700, 21));
    append(random_doubles(50'000, 1000, 30, 22));
    append(random_doubles(50'000, 1000, 90, 23));
    append(random_doubles(50'000, 1000, 140, 24));
    append(random_doubles(50'000, 1000, 30, 25));
    for (std::int64_t field = 1; field < 2040; field += 3) append(random_doubles(200, field, 4, 26));
    append(random_doubles(5'000, 0, 30, 27));
    append(random_doubles(10'000, 2020, 27, 28));
    append(Doubles(10'000, 0.0));
    for (const std::size_t every : {1000, 5000, 100'003}) {
        const auto from = values.size();
        append(random_doubles(200'000, 1020, 4, 29));
        for (auto i = from; i < values.size(); i += every) values[i] = i % 2 == 0 ? 0x1p-900 : -0x1p900;
    }
    append(random_doubles(50'000, 1000, 30, 30));
    const auto want = words_of(singly(values));
    at_every_level([&] {
        auto accumulator = in_pieces(values, values.size());
        EXPECT_EQ(words_of(accumulator.sum()), want);
        EXPECT_EQ(words_of(accumulator.sum()), want) << "asked again";
        const auto& paths = accumulator.paths();
        for (int folds = 2; folds <= 4; ++folds) EXPECT_GT(paths.in_window[folds], 5) << folds;
        EXPECT_GT(paths.missed, 20);
        EXPECT_GT(paths.scattered, 20);
        EXPECT_GT(in_pieces(values, 1000).paths().singly, 50);
        // Back in the window as soon as the data allow, with as few folds.
        EXPECT_GT(paths.in_window[2], 50);
    });
}

// As few folds as the spread of exponents allows; the very first window is made for a few values only.
TEST(ExactSum, AsksForNoMoreFoldsThanNeeded) {
    const std::pair<std::int64_t, int> cases[] = {{47, 2}, {51, 3}, {98, 3}, {102, 4}, {149, 4}, {152, 4}};
    for (const auto& [fields, folds] : cases) {
        const auto values = random_doubles(100'000, 900, fields, 31);
        auto paths = in_pieces(values, values.size()).paths();
        EXPECT_EQ(paths.in_window[folds], 25) << fields;
        EXPECT_LE(paths.missed, 1) << fields;
    }
    // Too wide; too large for a window, though near each other.
    for (const auto& [lowest, fields] : {std::pair{500, 153}, std::pair{2040, 7}}) {
        const auto values = random_doubles(100'000, lowest, fields, 32);
        const auto paths = in_pieces(values, values.size()).paths();
        EXPECT_EQ(paths.scattered + paths.singly, 25) << lowest;
        EXPECT_LE(paths.missed, 1) << lowest;
    }
}

TEST(ExactSum, GivesUpFoldsThatAreNoLongerNeeded) {
    auto values = random_doubles(100'000, 1020, 4, 33);
    values[100] = 0x1.fffffp-120;
    const auto paths = in_pieces(values, values.size()).paths();
    EXPECT_EQ(paths.in_window[4], 1);
    EXPECT_EQ(paths.in_window[3], 1);
    EXPECT_EQ(paths.in_window[2], 23);
}

TEST(ExactSum, HasHeadRoom) {
    for (const int power : {3, 4}) {
        auto values = random_doubles(8192, 1023, 1, 34);
        values[5000] = std::ldexp(1.0, power);
        EXPECT_EQ(in_pieces(values, values.size()).paths().missed, power == 3 ? 0 : 1);
    }
}

TEST(ExactSum, SeesExponents) {
    at_every_level([] {
        for (const std::size_t n : {1, 3, 8, 33}) {
            Doubles values(n, 0.0);
            EXPECT_EQ(exponents_of(values).highest, 0);
            values[n - 1] = -least;
            EXPECT_EQ(exponents_of(values).highest, 1);
            EXPECT_EQ(exponents_of(values).lowest, 1);
            EXPECT_TRUE(exponents_of(values).any_tiny);
            values[n / 2] = 1.5;
            EXPECT_EQ(exponents_of(values).highest, 1023);
            values[n - 1] = -2;
            EXPECT_EQ(exponents_of(values).highest, 1024);
            EXPECT_EQ(exponents_of(values).lowest, n == 1 ? 1024 : 1023);  // zeros do not count
            values[0] = n == 1 ? -infinity : infinity;
            EXPECT_EQ(exponents_of(values).highest, 2047);
        }
        EXPECT_FALSE(exponents_of(Doubles(64, 1.0)).any_tiny);
    });
}

TEST(ExactSum, GoesOnAfterItWasAskedFor) {
    for (const std::int64_t spread : {30, 2000}) {
        const auto values = random_doubles(20'000, 10, spread, 35);
        const std::span all = values;
        ExactAccumulator accumulator;
        for (std::size_t begin = 0; begin < all.size(); begin += 5000) {
            accumulator.add(all.subspan(begin, 5000));
            EXPECT_EQ(words_of(accumulator.sum()), words_of(singly(all.first(begin + 5000))));
        }
    }
}

class OtherMode : public testing::Test {
  protected:
    ~OtherMode() override { std::fesetenv(FE_DFL_ENV); }
    Doubles narrow = random_doubles(30'000, 1000, 40, 40), wide = random_doubles(30'000, 0, 1500, 41),
            tiny = random_doubles(30'000, 0, 20, 42);
    const double sums[3] = {singly(narrow).round(), singly(wide).round(), singly(tiny).round()};
    void expect_same() {
        at_every_level([&] {
            EXPECT_EQ(bits_of(exact_sum(narrow)), bits_of(sums[0]));
            EXPECT_EQ(bits_of(exact_sum(wide)), bits_of(sums[1]));
            EXPECT_EQ(bits_of(exact_sum(tiny)), bits_of(sums[2]));
        });
    }
};

TEST_F(OtherMode, OfRoundingChangesNothing) {
    for (const int mode : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        ASSERT_EQ(std::fesetround(mode), 0);
        expect_same();
        EXPECT_EQ(std::fegetround(), mode) << "not given back";
    }
}

TEST_F(OtherMode, LeavesTheExceptionFlagsAlone) {
    std::feclearexcept(FE_ALL_EXCEPT);
    static_cast<void>(exact_sum(narrow));
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0);
    std::feraiseexcept(FE_DIVBYZERO);
    static_cast<void>(exact_sum(narrow));
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
}

#if defined(__SSE2__)
constexpr unsigned flush_and_daz = 0x8040;

TEST_F(OtherMode, OfFlushingChangesNothing) {
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | flush_and_daz);
    expect_same();
    EXPECT_EQ(__builtin_ia32_stmxcsr() & flush_and_daz, flush_and_daz) << "not given back";
}

// Whatever is linked with -ffast-math sets flushing to zero when it is loaded.
TEST_F(OtherMode, OfALibraryWithFastMathChangesNothing) {
    ASSERT_NE(dlopen(FAST_MATH_LIBRARY, RTLD_NOW), nullptr) << dlerror();
    if ((__builtin_ia32_stmxcsr() & flush_and_daz) == 0)
        GTEST_SKIP() << "skipped: this compiler's -ffast-math sets no mode";
    expect_same();
}
#endif

}  // namespace
}  // namespace pacer
