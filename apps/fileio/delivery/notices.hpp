// What the user should know of input that is read without a fault: each said once a launch, on stderr.
#pragma once

#include <cstdint>
#include <optional>
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
    // Both must outlive this; what the format chooses by name is resolved before anything is said.
    Notices(const Calculation& calculation, const RecordFormat& format)
        : calculation_(calculation), format_(format) {}

    void of_reading(const Reader& reader, const BlockPlace& place);  // a block that was read
    void of_piece(std::string_view path, const PieceHeader& piece);
    void of_piece(std::string_view path, const Piece& piece) { of_piece(path, piece.header()); }
    void of_walk(const LeftOut& left_out, const std::string& again);  // when all is walked; see Walk
    void of_ends(const OpenEnds& open_ends);                          // when all is read

  private:
    void of_commas(std::string_view path, std::int64_t line);
    void of_columns(std::int64_t fields);
    void of_other_fields(const std::string& path, std::int64_t fields);

    const Calculation& calculation_;
    const RecordFormat& format_;
    std::string first_path_;         // of the first file with records
    std::int64_t first_fields_ = 0;  // of these; 0: none yet
    bool header_said_ = false, decimal_said_ = false, other_fields_said_ = false, rounded_said_ = false,
         placeholder_said_ = false;
};

}  // namespace pacer::fileio
