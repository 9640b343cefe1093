#include "common/base/build_info.hpp"

#include "build_info_values.hpp"

namespace pacer {

std::string_view version() {
    return values::version;
}

const BuildInfo& build_info() {
    static constexpr BuildInfo info{values::commit, values::tree, values::build_type, values::compiler,
                                    values::compiler_flags};
    return info;
}

}  // namespace pacer
