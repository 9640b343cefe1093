#include "common/exact_sum/wide_sum.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pacer {

namespace {

// Before the digits of a sum, as bytes.
struct Header {
    std::uint16_t first, count;
    std::uint32_t negative;
};

// Takes `count` values off the front of the bytes.
template <class T>
void take(std::span<const char>& bytes, T* values, std::size_t count) {
    const std::size_t size = count * sizeof(T);
    if (bytes.size() < size) throw std::invalid_argument("an exact sum is cut off");
    if (count > 0) std::memcpy(values, bytes.data(), size);
    bytes = bytes.subspan(size);
}

}  // namespace

void WideSum::carry() {
    carry_limbs(limbs_);
    pending_ = 1;
}

void WideSum::merge(const WideSum& other) {
    if (pending_ + other.pending_ > carry_at) carry();
    for (std::size_t i = 0; i < width; ++i) limbs_[i] += other.limbs_[i];
    pending_ += other.pending_;
}

WideSum::Digits WideSum::digits() const {
    WideSum sum = *this;
    sum.carry();
    const bool negative = sum.limbs_.back() < 0;
    if (negative) {
        for (auto& limb : sum.limbs_) limb = -limb;
        sum.carry();
    }
    const auto is_set = [](std::int64_t limb) { return limb != 0; };
    const auto begin = std::find_if(sum.limbs_.begin(), sum.limbs_.end(), is_set);
    if (begin == sum.limbs_.end()) return {};
    const auto end = std::find_if(sum.limbs_.rbegin(), sum.limbs_.rend(), is_set).base();
    Digits result{negative, static_cast<std::size_t>(begin - sum.limbs_.begin()), {}};
    for (auto limb = begin; limb != end; ++limb) result.digits.push_back(static_cast<std::uint32_t>(*limb));
    return result;
}

void WideSum::append_to(Bytes& bytes) const {
    const Digits sum = digits();
    const Header header{static_cast<std::uint16_t>(sum.first), static_cast<std::uint16_t>(sum.digits.size()),
                        sum.negative ? 1u : 0u};
    append(bytes, &header, 1);
    append(bytes, sum.digits.data(), sum.digits.size());
}

WideSum WideSum::read(std::span<const char>& bytes) {
    Header header{};
    take(bytes, &header, 1);
    // The last digit is left to later carries.
    if (std::size_t{header.first} + header.count >= width || header.negative > 1) {
        throw std::invalid_argument("an exact sum has digits outside its range");
    }
    std::array<std::uint32_t, width> digits{};
    take(bytes, digits.data(), header.count);
    WideSum sum;
    const std::int64_t sign = header.negative == 1 ? -1 : 0;
    for (std::size_t i = 0; i < header.count; ++i) sum.add_digit(header.first + i, digits[i], sign);
    const Digits canonical = sum.digits();
    if (canonical.digits.size() != header.count || canonical.first != header.first ||
        canonical.negative != (header.negative == 1)) {
        throw std::invalid_argument("an exact sum is not written as this program writes it");
    }
    return sum;
}

}  // namespace pacer
