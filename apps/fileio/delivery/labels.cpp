#include "apps/fileio/delivery/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace pacer::fileio {

Labels labels_of(const RecordFormat& format, const std::vector<std::string>& names) {
    Labels labels;
    labels.missing = format.missing.any();
    const auto& ids = format.id.numbers();
    const auto named = [&](std::int64_t column) { return column < std::ssize(names); };
    const auto name = [&](std::int64_t column) { return names[static_cast<std::size_t>(column)]; };
    for (std::size_t i = 0; i < ids.size(); ++i) {
        std::string label = "id";
        if (ids.size() > 1) label += fmt::format("_{}", i + 1);
        labels.ids.push_back(named(ids[i]) ? name(ids[i]) : label);
    }
    auto columns = format.columns.numbers();
    for (std::int64_t column = 0; !format.columns.chosen() && named(column); ++column) {
        if (std::find(ids.begin(), ids.end(), column) == ids.end()) columns.push_back(column);
    }
    for (const auto column : columns) {
        if (named(column)) labels.columns.push_back(name(column));
    }
    return labels;
}

}  // namespace pacer::fileio
