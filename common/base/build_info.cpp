#include "common/base/build_info.hpp"

#include "build_info_values.hpp"

namespace pacer {

namespace {

constexpr BuildInfo pacers{values::version,    values::commit,   values::tree,
                           values::build_type, values::compiler, values::compiler_flags};
BuildInfo others;
const BuildInfo* programs = &pacers;

}  // namespace

std::string_view version() {
    return values::version;
}

const BuildInfo& pacer_build() {
    return pacers;
}

const BuildInfo& build_info() {
    return *programs;
}

void set_build_info(const BuildInfo& info) {
    if (&info == &pacers) return;
    others = info;
    programs = &others;
}

bool of_another_project() {
    return programs != &pacers;
}

}  // namespace pacer
