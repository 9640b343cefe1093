// What the results call the columns of the input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/records/record_format.hpp"

namespace pacer::fileio {

struct Labels {
    std::vector<std::string> ids;      // "id", or "id_1" and "id_2"; or by their names
    std::vector<std::string> columns;  // that the calculation gets, if the input names them
    bool missing = false;              // values may be

    // The name of the column in that place, from 0, among those that the calculation gets, or else its
    // number.
    std::string of_column(std::size_t place) const {
        return place < columns.size() ? columns[place] : std::to_string(place + 1);
    }
};

// `names`: of all columns, by the header; or none.
Labels labels_of(const RecordFormat& format, const std::vector<std::string>& names);

}  // namespace pacer::fileio
