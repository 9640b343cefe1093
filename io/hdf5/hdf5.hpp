// A small RAII layer over the HDF5 C API: what timing dumps need of it, every status tested, in memory only.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::hdf5 {

// An HDF5 call failed; `what()` names the operation and the object. HDF5 itself prints nothing.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Owns an HDF5 identifier of any kind.
class Id {
  public:
    using Close = herr_t (*)(hid_t);
    // Throws Error "<doing> failed" if the call that made `id` failed.
    Id(hid_t id, Close close, const std::string& doing);
    Id(Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Id& operator=(Id&&) = delete;
    ~Id() {
        if (id_ >= 0) close_(id_);
    }
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    Close close_;
};

// Row-major.
struct Matrix {
    std::size_t rows = 0, columns = 0;
    std::vector<double> values;
};

// A group, its attributes, and the datasets in it. Strings are of fixed length and at least one byte long,
// never of variable length: those live in the global heap, which carries no checksum. A missing dataset reads
// as empty.
class Group {
  public:
    Group(Id id, std::string path) : id_(std::move(id)), path_(std::move(path)) {}

    // "/launch/20261122T120721Z-1a2b3c4d", for messages.
    const std::string& path() const { return path_; }
    std::string path_of(const std::string& name) const;
    hid_t id() const { return id_; }

    Group create(const std::string& name) const;
    Group open(const std::string& name) const;
    std::vector<std::string> children() const;  // sorted by name
    bool has(const std::string& name) const;    // a group or a dataset

    // An attribute's order of creation is kept. A string must be shorter than 64 KiB.
    void set(const std::string& name, const Value& value) const;
    // All attributes of a kind that set() writes, in the order of their creation; others are left out.
    Facts attributes() const;
    // One of them; none if there is none of such a kind.
    std::optional<Value> attribute(const std::string& name) const;

    Matrix read_matrix(const std::string& name) const;
    std::vector<std::int32_t> read_integers(const std::string& name) const;
    std::vector<std::string> read_strings(const std::string& name) const;

    // A dataset opened to be read. Throws Error unless it has that many dimensions.
    struct Dataset {
        std::string path;
        Id id, type;
        std::vector<hsize_t> extent;
    };
    Dataset open_dataset(const std::string& name, int dimensions) const;

  private:
    Id id_;
    std::string path_;
};

// "1.10.8", of the library this program runs with.
std::string library_version();

// An HDF5 file in memory. The caller moves its bytes to and from disk, so that a full disk is met by a plain
// write() and not inside HDF5, which can neither report nor survive it at every place.
class File {
  public:
    static File create();
    static File open(std::string_view image);  // read-only; the image must outlive the file
    static File open(std::string&&) = delete;
    Group root() const;
    std::string_view image() const;  // the bytes of the file as it is now, until it is changed or closed

  private:
    explicit File(Id id) : id_(std::move(id)) {}
    Id id_;
};

// Whether HDF5 finds every damage to what it follows from the root group to the datasets in it before it
// relies on it, as in files of this class and unlike in most that other programs write: it crashes on some
// damage.
bool has_checksums(std::string_view image);

}  // namespace pacer::hdf5
