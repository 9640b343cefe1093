// A file of HDF5 datasets whose extents are known beforehand, each written front to back with plain writes.
//
// HDF5 only lays the file out, in memory: a full disk is met by write(), not inside HDF5, which can neither
// report nor survive it at every place. Equal attributes, datasets and values give equal bytes.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/measure/record.hpp"
#include "io/files/part_file.hpp"

namespace pacer {

class Hdf5Stream {
  public:
    enum class Kind { float64, int64, int32, text };
    struct Dataset {
        std::string path;  // "/results", "/statistics/mean": its group is made
        Kind kind = Kind::float64;
        std::vector<std::uint64_t> extent;
        std::size_t text_bytes = 1;  // of a text: UTF-8, padded with zeros
    };

    // Makes the file's structure; `attributes` are those of the root group. Throws UsageError if the file
    // cannot be as large as it will be (disk full, ...). The file must outlive this.
    Hdf5Stream(PartFile& file, const Facts& attributes, const std::vector<Dataset>& datasets);

    // The same for a file in which the values of the first dataset lie already, from `first_values` on. HDF5
    // puts them there if they take that many bytes, and what comes before them does not; else Elsewhere is
    // thrown, and they have not changed.
    class Elsewhere : public std::exception {};
    static constexpr std::int64_t first_values = std::int64_t{64} << 10;
    struct FirstIsThere {};
    Hdf5Stream(PartFile& file, const Facts& attributes, const std::vector<Dataset>& datasets, FirstIsThere);

    // Appends values, as they lie in memory, to a dataset, numbered as above. Throws UsageError.
    void write(std::size_t dataset, std::string_view bytes);
    void write_text(std::size_t dataset, std::string_view text);

    // Where in the file the values of a dataset go, for others to write: they are missing no more.
    std::int64_t give_away(std::size_t dataset);

    // When all values are written. Throws std::logic_error if some are missing.
    void finish();

  private:
    struct Target {
        std::int64_t offset = 0, left = 0;  // bytes, of what goes to the file next
        std::size_t text_bytes = 1;
        Bytes buffer;
    };
    void make(const Facts& attributes, const std::vector<Dataset>& datasets, bool first_is_there);
    void flush(Target& target);

    PartFile& file_;
    std::vector<Target> targets_;
};

// The attributes of the root group of such a file, of which only what they take is read; none if it is no
// HDF5 file, or one whose damage HDF5 might not survive.
Facts hdf5_attributes(const std::string& path);

}  // namespace pacer
