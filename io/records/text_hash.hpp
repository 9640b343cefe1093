// A hash of text that comes in parts: a part of Reader.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <span>

namespace pacer {

class TextHash {
  public:
    TextHash() : state_(::XXH3_createState()) { ::XXH3_64bits_reset(state_.get()); }
    void add(std::span<const char> text) { ::XXH3_64bits_update(state_.get(), text.data(), text.size()); }
    std::uint64_t take() {
        const auto hash = ::XXH3_64bits_digest(state_.get());
        ::XXH3_64bits_reset(state_.get());
        return hash;
    }

  private:
    struct Free {
        void operator()(XXH3_state_t* state) const { ::XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace pacer
