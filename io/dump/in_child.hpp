// Reading what may crash the HDF5 library, or keep it busy for ever.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace pacer {

// What `make` hands to its argument, made in a child process. Throws std::runtime_error: with the text of
// what `make` threw, or "it is cut or damaged" if the child crashed or took longer than `seconds`.
Bytes made_in_child(const std::function<void(const std::function<void(std::string_view)>&)>& make,
                    unsigned seconds);

}  // namespace pacer
