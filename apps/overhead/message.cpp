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
constexpr std::int64_t glance_stride = 509;

}  // namespace

Buffers::Buffers(const Team& world, std::int64_t elements)
    : factor_(factor_of_rank(world.rank)),
      send_(make_buffer<double>(elements)),
      receive_(make_buffer<double>(elements)) {
    for (std::int64_t i = 0; i < elements; ++i)
        send_[static_cast<std::size_t>(i)] = pattern[static_cast<std::size_t>(i % period)] * factor_;
    to_receive(elements);  // touched, before any clock runs
}

double* Buffers::to_receive(std::int64_t elements, Look look) const {
    double* const values = receive_.get();
    if (elements == 0) return values;
    const std::int64_t stride = look == Look::whole ? 1 : look == Look::glance ? glance_stride : elements;
    for (std::int64_t i = 0; i < elements; i += stride) values[i] = nothing;
    values[elements - 1] = nothing;
    return values;
}

void Buffers::restore(std::int64_t elements) const {
    if (elements == 0) return;
    for (const auto i : {std::int64_t{0}, elements - 1})
        send_[static_cast<std::size_t>(i)] = pattern[static_cast<std::size_t>(i % period)] * factor_;
}

std::int64_t Buffers::count_wrong(std::int64_t elements, const Message& expected, Look look) const {
    if (elements == 0) return 0;
    const double* const values = receive_.get();
    const std::int64_t last = elements - 1;
    std::int64_t wrong =
        (values[0] != expected.ends ? 1 : 0) + (last > 0 && values[last] != expected.ends ? 1 : 0);
    const auto differs = [&](std::int64_t i, std::int64_t place) {
        return values[i] == pattern[static_cast<std::size_t>(place)] * expected.factor ? 0 : 1;
    };
    if (look == Look::whole) {
        for (std::int64_t begin = 0; begin < elements; begin += period) {
            const std::int64_t first = begin == 0 ? 1 : 0, length = std::min(period, last - begin);
            for (std::int64_t place = first; place < length; ++place) wrong += differs(begin + place, place);
        }
    } else if (look == Look::glance) {
        for (std::int64_t i = glance_stride; i < last; i += glance_stride) wrong += differs(i, i % period);
    }
    return wrong;
}

}  // namespace pacer::overhead
