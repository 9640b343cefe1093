#include "apps/overhead/message.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace pacer::overhead {

namespace {

constexpr std::int64_t period = 1021;  // a prime: no power of two, by which messages are cut, is a multiple

constexpr std::array<double, period> pattern = [] {
    std::array<double, period> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i + 1);
    return values;
}();

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// At a glance, one in each page of memory, never at the same place of it twice running.
constexpr std::int64_t stride_of(Look look) {
    return look == Look::whole ? 1 : 509;
}

}  // namespace

Buffers::Buffers(const Team& world, std::int64_t elements)
    : send_(make_buffer<double>(elements)), receive_(make_buffer<double>(elements)) {
    for (std::int64_t i = 0; i < elements; ++i) {
        send_[static_cast<std::size_t>(i)] =
            pattern[static_cast<std::size_t>(i % period)] * factor_of_rank(world.rank);
    }
    to_receive(elements);  // touched, before any clock runs
}

double* Buffers::to_receive(std::int64_t elements, Look look) const {
    double* const values = receive_.get();
    const std::int64_t stride = look == Look::ends ? elements : stride_of(look);
    for (std::int64_t i = 0; i < elements; i += stride) values[i] = nothing;
    if (elements > 0) values[elements - 1] = nothing;
    return values;
}

std::int64_t Buffers::count_wrong(std::int64_t elements, double factor, Look look) const {
    const double* const values = receive_.get();
    const auto differs = [&](std::int64_t i, std::int64_t place) {
        return values[i] == pattern[static_cast<std::size_t>(place)] * factor ? 0 : 1;
    };
    std::int64_t wrong = 0;
    if (look == Look::whole) {
        for (std::int64_t begin = 0; begin < elements; begin += period) {
            const std::int64_t length = std::min(period, elements - begin);
            for (std::int64_t place = 0; place < length; ++place) wrong += differs(begin + place, place);
        }
        return wrong;
    }
    const std::int64_t stride = look == Look::ends ? elements : stride_of(look);
    for (std::int64_t i = 0; i < elements; i += stride) wrong += differs(i, i % period);
    return wrong + (elements > 0 ? differs(elements - 1, (elements - 1) % period) : 0);
}

}  // namespace pacer::overhead
