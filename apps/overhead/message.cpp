#include "apps/overhead/message.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace pacer::overhead {

namespace {

constexpr std::int64_t period = 1021;  // a prime: no power of two, by which messages are cut, is a multiple

constexpr std::array<double, period> pattern = [] {
    std::array<double, period> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i + 1);
    return values;
}();

}  // namespace

Buffers::Buffers(const Team& world, std::int64_t elements)
    : send_(make_buffer<double>(elements)), receive_(make_buffer<double>(elements)) {
    for (std::int64_t i = 0; i < elements; ++i) {
        send_[static_cast<std::size_t>(i)] =
            pattern[static_cast<std::size_t>(i % period)] * factor_of_rank(world.rank);
    }
    to_receive(elements);  // touched, before any clock runs
}

double* Buffers::to_receive(std::int64_t elements) const {
    std::memset(receive_.get(), 0xff, static_cast<std::size_t>(elements) * sizeof(double));  // NaN
    return receive_.get();
}

std::int64_t Buffers::count_right(std::int64_t elements, double factor) const {
    std::int64_t right = 0;
    for (std::int64_t begin = 0; begin < elements; begin += period) {
        const auto length = static_cast<std::size_t>(std::min(period, elements - begin));
        const double* const values = receive_.get() + begin;
        for (std::size_t i = 0; i < length; ++i) right += values[i] == pattern[i] * factor ? 1 : 0;
    }
    return right;
}

}  // namespace pacer::overhead
