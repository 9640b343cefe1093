#include "apps/fileio/calculation/statistics.hpp"

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace pacer::fileio {

namespace {

using boost::multiprecision::cpp_int;
__extension__ using Wide = unsigned __int128;  // __extension__: -Wpedantic knows no 128-bit integers

// Counts beyond this are no counts of records that somebody read; sums have room for so many.
constexpr std::int64_t most_records = std::int64_t{1} << 60;

// A whole number in the order of finite doubles, -0 before +0: which of two zeros is the least does not
// depend on which came first.
std::int64_t rank_of(double value) {
    const auto bits = std::bit_cast<std::int64_t>(value);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

double least(double a, double b) {
    return rank_of(b) < rank_of(a) ? b : a;
}

double greatest(double a, double b) {
    return rank_of(b) > rank_of(a) ? b : a;
}

// In units of 2^WideSum::exponent.
cpp_int whole(const WideSum& sum) {
    const auto [negative, first, digits] = sum.digits();
    cpp_int value = 0;
    if (!digits.empty()) import_bits(value, digits.begin(), digits.end(), 32, false);
    value <<= 32 * first;
    return negative ? cpp_int(-value) : value;
}

// The double nearest to numerator / denominator * 2^exponent, of two the one with an even last bit;
// denominator > 0.
double rounded(const cpp_int& numerator, const cpp_int& denominator, int exponent) {
    if (numerator == 0) return 0;
    const cpp_int magnitude = abs(numerator);
    // A quotient of 66 or 67 bits, and a last bit that is set if anything follows.
    const int shift = 66 - static_cast<int>(msb(magnitude)) + static_cast<int>(msb(denominator));
    cpp_int quotient, remainder;
    divide_qr(shift > 0 ? cpp_int(magnitude << shift) : magnitude,
              shift < 0 ? cpp_int(denominator << -shift) : denominator, quotient, remainder);
    const int top = static_cast<int>(msb(quotient));
    auto bits = static_cast<Wide>(quotient);
    if (remainder != 0) bits |= 1;
    const int last = exponent - shift;                  // bits is in units of 2^last
    const int kept = std::max(last + top - 52, -1074);  // the result in those of 2^kept: subnormal if -1074
    const int dropped = kept - last;
    if (dropped > top + 1)
        return std::copysign(0.0, numerator < 0 ? -1.0 : 1.0);  // less than half the least double
    const Wide half = Wide{1} << (dropped - 1);
    const Wide rest = bits & (2 * half - 1);
    auto mantissa = static_cast<std::uint64_t>(bits >> dropped);
    if (rest > half || (rest == half && mantissa % 2 == 1)) ++mantissa;
    const double result = std::ldexp(static_cast<double>(mantissa), kept);
    return numerator < 0 ? -result : result;
}

template <class T>
T take(std::span<const char>& bytes) {
    if (bytes.size() < sizeof(T)) throw std::invalid_argument("column statistics are cut off");
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    bytes = bytes.subspan(sizeof(T));
    return value;
}

}  // namespace

void Statistics::add(std::span<const double> fields) {
    if (fields.size() > columns_.size()) {
        if (fields.size() > most_columns) throw std::length_error("more columns than statistics are kept of");
        columns_.resize(fields.size());
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        Column& column = columns_[i];
        if (std::isnan(fields[i])) {
            ++column.missing;
            continue;
        }
        ++column.count;
        column.min = least(column.min, fields[i]);
        column.max = greatest(column.max, fields[i]);
        column.sum.add(fields[i]);
        column.squares.add_square(fields[i]);
    }
}

void Statistics::merge(const Statistics& other) {
    if (other.columns_.size() > columns_.size()) columns_.resize(other.columns_.size());
    for (std::size_t i = 0; i < other.columns_.size(); ++i) {
        Column& column = columns_[i];
        const Column& added = other.columns_[i];
        column.count += added.count;
        column.missing += added.missing;
        column.min = least(column.min, added.min);
        column.max = greatest(column.max, added.max);
        column.sum.merge(added.sum);
        column.squares.merge(added.squares);
    }
}

std::vector<ColumnStatistics> Statistics::columns() const {
    std::vector<ColumnStatistics> result;
    for (const Column& column : columns_) {
        if (column.count == 0) {
            const double none = std::nan("");
            result.push_back({0, none, none, none, none, column.missing});
            continue;
        }
        constexpr int unit = WideSum::exponent;
        const cpp_int n = column.count, sum = whole(column.sum);
        // (n * sum of squares - square of the sum) / (n * (n - 1)), in units of 2^(2 * unit).
        const cpp_int spread = ((n * whole(column.squares)) << -unit) - sum * sum;
        result.push_back({column.count, rounded(sum, n, unit),
                          n > 1 ? rounded(spread, n * (n - 1), 2 * unit) : std::nan(""), column.min,
                          column.max, column.missing});
    }
    return result;
}

void Statistics::append_to(Bytes& bytes) const {
    const std::uint64_t count = columns_.size();
    append(bytes, &count, 1);
    for (const Column& column : columns_) {
        append(bytes, &column.count, 1);
        append(bytes, &column.missing, 1);
        append(bytes, &column.min, 1);
        append(bytes, &column.max, 1);
        column.sum.append_to(bytes);
        column.squares.append_to(bytes);
    }
}

Statistics Statistics::read(std::span<const char> bytes) {
    Statistics result;
    const auto count = take<std::uint64_t>(bytes);
    if (count > most_columns) throw std::invalid_argument("column statistics of too many columns");
    std::int64_t most = most_records;  // a column has no more values than the one before
    for (std::uint64_t i = 0; i < count; ++i) {
        Column& column = result.columns_.emplace_back();
        column.count = take<std::int64_t>(bytes);
        column.missing = take<std::int64_t>(bytes);
        column.min = take<double>(bytes);
        column.max = take<double>(bytes);
        const bool ordered = column.count == 0 ? column.min > column.max
                                               : std::isfinite(column.min) && std::isfinite(column.max) &&
                                                     rank_of(column.min) <= rank_of(column.max);
        const bool counted = column.count >= 0 && column.missing >= 0 && column.count <= most &&
                             column.missing <= most - column.count && column.count + column.missing > 0;
        if (!counted || !ordered) throw std::invalid_argument("column statistics contradict themselves");
        most = column.count + column.missing;
        column.sum = WideSum::read(bytes);
        column.squares = WideSum::read(bytes);
    }
    if (!bytes.empty()) throw std::invalid_argument("column statistics are followed by something else");
    return result;
}

}  // namespace pacer::fileio
