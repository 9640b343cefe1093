// What the user should know of input that is read without a fault: each said once a launch, on stderr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/flow/piece.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

// On rank 0, by one thread at a time.
class Notices {
  public:
    // `columns`: that the calculation gets, from 0; none: all. Both must outlive this.
    Notices(const Calculation& calculation, const std::vector<std::int64_t>& columns)
        : calculation_(calculation), columns_(columns) {}

    void of_reading(const Reader& reader, const BlockPlace& place);  // a block that was read
    void of_piece(std::string_view path, const Piece& piece);
    void of_walk(const LeftOut& left_out, const std::string& again);  // when all is walked; see Walk

  private:
    void of_commas(std::string_view path, std::int64_t line);
    void of_columns(std::int64_t fields);
    void of_other_fields(const std::string& path, std::int64_t fields);

    const Calculation& calculation_;
    const std::vector<std::int64_t>& columns_;
    std::string first_path_;         // of the first file with records
    std::int64_t first_fields_ = 0;  // of these; 0: none yet
    bool header_said_ = false, decimal_said_ = false, other_fields_said_ = false, rounded_said_ = false;
};

}  // namespace pacer::fileio
