// Column statistics: as Python's fractions round them, whatever the order and the division of the records.
#include "apps/fileio/calculation/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

namespace pacer::fileio {
namespace {

constexpr double least = 0x1p-1074, infinite = std::numeric_limits<double>::infinity();

Statistics of_column(const std::vector<double>& values) {
    Statistics statistics;
    for (const double value : values) statistics.add({&value, 1});
    return statistics;
}

Bytes bytes_of(const Statistics& statistics) {
    Bytes bytes;
    statistics.append_to(bytes);
    return bytes;
}

// Doubles of any sign and mantissa, with (biased) exponents from `low` to `high` - 1, by splitmix64: the
// golden values below were made by a Python program with the same generator.
std::vector<double> spread_values(std::uint64_t seed, int count, std::uint64_t low, std::uint64_t high) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i) {
        seed += 0x9E3779B97F4A7C15;
        std::uint64_t bits = seed;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        constexpr std::uint64_t exponent_bits = std::uint64_t{0x7ff} << 52;
        const std::uint64_t exponent = low + ((bits >> 52) & 0x7ff) % (high - low);
        values.push_back(std::bit_cast<double>((bits & ~exponent_bits) | (exponent << 52)));
    }
    return values;
}

struct Golden {
    std::vector<double> values;
    double mean, variance, min, max;
};

// float(Fraction) of Python 3.11: sum / n, and (n * squares - sum ** 2) / (n * (n - 1)).
const std::vector<Golden> golden = {
    {spread_values(1, 1000, 1013, 1033), 0x1.845bc4fca9276p+2, 0x1.7ee50b92da8f6p+15, -0x1.f5add34ba9c66p+9,
     0x1.f5318a3794365p+9},
    {spread_values(2, 1000, 0, 2047), -0x1.0a3f97bfba318p+1011, infinite, -0x1.80e8bdf88db33p+1021,
     0x1.9f7f5e7514b66p+1019},
    {spread_values(3, 1000, 0, 3), 0x0.00292c61defaap-1022, 0, -0x1.ffe569aee63afp-1021,
     0x1.ffbd995d1d923p-1021},
    {spread_values(4, 777, 2040, 2047), 0x1.18d00c953ed98p+1018, infinite, -0x1.fe08e9ac03d26p+1023,
     0x1.f7910d9988658p+1023},
    {spread_values(5, 100, 480, 520), 0x1.a6144928b9ce8p-510, 0x1.6f1f43fd0085dp-1012,
     -0x1.ec6d71656e722p-505, 0x1.eec8a5505a73cp-504},
    {spread_values(6, 2, 0, 2047), 0x1.19db23951df99p+804, infinite, -0x1.4a5d9adefe000p-41,
     0x1.19db23951df99p+805},
    {spread_values(7, 999, 1003, 1043), 0x1.2c33d8daadad9p+12, 0x1.e2564896d30cep+33, -0x1.a07aacd555fc9p+19,
     0x1.e16cab8bffb58p+19},
    {spread_values(8, 1000, 500, 1500), 0x1.83ce8f4601f63p+462, 0x1.051ed5413732dp+940,
     -0x1.415a534a36e19p+474, 0x1.119f84fbde6bap+474},
    {{least, 0}, 0, 0, 0, least},  // a tie goes to the even one
    {{least, least, 0}, least, 0, 0, least},
    {{3 * least, 0}, 2 * least, 0, 0, 3 * least},
    {{-least, 0}, -0.0, 0, -least, 0},
    // A hair less than a tie between two subnormals, and the tie itself for who rounds to 53 bits first.
    {{0x1.a887293fd6f34p-536, 0}, 0x1.a887293fd6f34p-537, 5 * least, 0, 0x1.a887293fd6f34p-536},
    {{4, 0x1p-51, least, 0}, 0x1.0000000000001p+0, 0x1.fffffffffffffp+1, 0, 4},  // a hair more than a tie
    {{DBL_MAX, DBL_MAX}, DBL_MAX, 0, DBL_MAX, DBL_MAX},  // though the sum is beyond all doubles
    {{DBL_MAX, -DBL_MAX}, 0, infinite, -DBL_MAX, DBL_MAX},
    {std::vector<double>(10, 0.1), 0.1, 0, 0.1, 0.1},
    {{1e16, 1, -1e16}, 0x1.5555555555555p-2, 0x1.3b8b5b5056e17p+106, -1e16, 1e16},
    {{1.5e-162, -1.5e-162}, 0, least, -1.5e-162, 1.5e-162},
    {{1e-162, 0, 0}, 0x1.332037995b396p-540, 0, 0, 1e-162},
    {{0x1.0000000000001p+0, 1}, 1, 0x1p-105, 1, 0x1.0000000000001p+0},
    {{0x1.0000000000001p+0, 0x1.0000000000002p+0},
     0x1.0000000000002p+0,
     0x1p-105,
     0x1.0000000000001p+0,
     0x1.0000000000002p+0},
};

TEST(Statistics, AreRoundedOnce) {
    for (std::size_t i = 0; i < golden.size(); ++i) {
        SCOPED_TRACE(i);
        const Golden& expected = golden[i];
        const auto columns = of_column(expected.values).columns();
        ASSERT_EQ(columns.size(), 1u);
        EXPECT_EQ(columns[0].count, static_cast<std::int64_t>(expected.values.size()));
        EXPECT_EQ(columns[0].mean, expected.mean);
        EXPECT_EQ(columns[0].variance, expected.variance);
        EXPECT_EQ(columns[0].min, expected.min);
        EXPECT_EQ(columns[0].max, expected.max);
    }
}

TEST(Statistics, OfOneValueHaveNoVariance) {
    const auto columns = of_column({2.5}).columns();
    EXPECT_EQ(columns.at(0).mean, 2.5);
    EXPECT_TRUE(std::isnan(columns[0].variance));
    EXPECT_TRUE(Statistics().columns().empty());
}

TEST(Statistics, CountOnlyRecordsThatHaveTheColumn) {
    Statistics statistics;
    for (const std::vector<double>& record : {std::vector<double>{1, 10}, {2}, {3, 30, 300}, {4, -0.5}}) {
        statistics.add(record);
    }
    const auto columns = statistics.columns();
    ASSERT_EQ(columns.size(), 3u);
    EXPECT_EQ(columns[0].count, 4);
    EXPECT_EQ(columns[0].mean, 2.5);
    EXPECT_EQ(columns[1].count, 3);
    EXPECT_EQ(columns[1].min, -0.5);
    EXPECT_EQ(columns[1].max, 30);
    EXPECT_EQ(columns[2].count, 1);
    EXPECT_EQ(columns[2].mean, 300);
}

TEST(Statistics, CountMissingValuesApart) {
    const double none = std::nan("");
    Statistics statistics, none_at_all;
    for (const std::vector<double>& record : {std::vector<double>{1, none}, {none, none}, {3, none}})
        statistics.add(record);
    const auto columns = Statistics::read(bytes_of(statistics)).columns();
    ASSERT_EQ(columns.size(), 2u);
    EXPECT_EQ(columns[0].count, 2);
    EXPECT_EQ(columns[0].missing, 1);
    EXPECT_EQ(columns[0].mean, 2);
    EXPECT_EQ(columns[0].max, 3);
    EXPECT_EQ(columns[1].count, 0);
    EXPECT_EQ(columns[1].missing, 3);
    EXPECT_TRUE(std::isnan(columns[1].mean) && std::isnan(columns[1].variance) &&
                std::isnan(columns[1].min) && std::isnan(columns[1].max));
    none_at_all.add(std::vector<double>{none, none});
    statistics.merge(none_at_all);
    EXPECT_EQ(statistics.columns()[0].missing, 2);
    EXPECT_EQ(statistics.columns()[0].min, 1);
}

TEST(Statistics, DoNotDependOnOrderOrDivision) {
    std::mt19937_64 random(1);
    std::vector<std::vector<double>> records;
    const auto values = spread_values(9, 4000, 0, 2047);
    for (std::size_t at = 0; at + 5 <= values.size();) {
        const std::size_t count = 1 + random() % 5;
        records.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(at),
                             values.begin() + static_cast<std::ptrdiff_t>(at + count));
        at += count;
    }
    Statistics reference;
    for (const auto& record : records) reference.add(record);
    for (int trial = 0; trial < 50; ++trial) {
        std::shuffle(records.begin(), records.end(), random);
        std::vector<Statistics> parts(1 + random() % 8);
        for (const auto& record : records) parts[random() % parts.size()].add(record);
        Statistics together;
        for (const Statistics& part : parts) {
            together.merge(trial % 2 == 0 ? part : Statistics::read(bytes_of(part)));
        }
        ASSERT_EQ(bytes_of(together), bytes_of(reference)) << trial;
        ASSERT_EQ(together.columns(), reference.columns()) << trial;
    }
}

TEST(Statistics, OrderZerosBySign) {
    for (const std::vector<double>& values : {std::vector<double>{0.0, -0.0}, {-0.0, 0.0}}) {
        const auto columns = of_column(values).columns();
        EXPECT_TRUE(std::signbit(columns.at(0).min));
        EXPECT_FALSE(std::signbit(columns.at(0).max));
    }
    auto merged = of_column({0.0});
    merged.merge(of_column({-0.0}));
    EXPECT_EQ(bytes_of(merged), bytes_of(of_column({-0.0, 0.0})));
}

TEST(Statistics, AreKeptOfSoManyColumnsOnly) {
    Statistics statistics;
    EXPECT_THROW(statistics.add(std::vector<double>(Statistics::most_columns + 1)), std::length_error);
}

TEST(Statistics, RefuseBytesThatAreNone) {
    Statistics statistics;
    for (const std::vector<double>& record : {std::vector<double>{1, 2}, {-3}}) statistics.add(record);
    const Bytes good = bytes_of(statistics);
    EXPECT_EQ(bytes_of(Statistics::read(good)), good);
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_THROW(Statistics::read(std::span(good).first(size)), std::invalid_argument) << size;
    }
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_THROW(Statistics::read(longer), std::invalid_argument);
    const auto changed = [&](std::size_t at, auto value) {
        Bytes bytes = good;
        std::memcpy(bytes.data() + at, &value, sizeof value);
        return bytes;
    };
    EXPECT_THROW(Statistics::read(changed(0, std::uint64_t{1} << 40)), std::invalid_argument);  // columns
    EXPECT_THROW(Statistics::read(changed(8, std::int64_t{0})), std::invalid_argument);         // records
    EXPECT_THROW(Statistics::read(changed(8, std::int64_t{-1})), std::invalid_argument);
    EXPECT_THROW(Statistics::read(changed(8, std::int64_t{INT64_MAX})), std::invalid_argument);
    EXPECT_THROW(Statistics::read(changed(16, std::int64_t{-1})), std::invalid_argument);  // missing
    EXPECT_THROW(Statistics::read(changed(16, std::int64_t{INT64_MAX})), std::invalid_argument);
    EXPECT_THROW(Statistics::read(changed(24, 5.0)), std::invalid_argument);  // a least above the greatest
    EXPECT_THROW(Statistics::read(changed(24, std::nan(""))), std::invalid_argument);
    EXPECT_THROW(Statistics::read(changed(32, infinite)), std::invalid_argument);
}

}  // namespace
}  // namespace pacer::fileio
