#include "io/hdf5/stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "common/base/status.hpp"
#include "io/hdf5/detail.hpp"

namespace pacer {

namespace {

using hdf5::check;
using hdf5::Id;

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;  // of each dataset
// At most, but for the alignment of large datasets.
constexpr std::int64_t structure_bytes = Hdf5Stream::first_values;
constexpr std::size_t copy_bytes = std::size_t{64} << 10;
// So that large datasets can be mapped, and the first one is where it is expected.
constexpr hsize_t aligned_from = Hdf5Stream::first_values, alignment = Hdf5Stream::first_values;

Id type_of(const Hdf5Stream::Dataset& dataset) {
    if (dataset.kind == Hdf5Stream::Kind::text) return hdf5::string_type(dataset.text_bytes);
    const hid_t type = dataset.kind == Hdf5Stream::Kind::float64 ? H5T_IEEE_F64LE
                       : dataset.kind == Hdf5Stream::Kind::int64 ? H5T_STD_I64LE
                                                                 : H5T_STD_I32LE;
    return {H5Tcopy(type), H5Tclose, "choosing the type of " + dataset.path};
}

std::int64_t bytes_of(const Hdf5Stream::Dataset& dataset) {
    auto bytes = static_cast<std::uint64_t>(H5Tget_size(type_of(dataset)));
    for (const auto count : dataset.extent) bytes *= count;
    return static_cast<std::int64_t>(bytes);
}

// The file's structure is made in an anonymous file in memory, whose untouched parts, those of the datasets,
// take nothing.
Descriptor memory_file() {
    Descriptor memory(::memfd_create("pacer-hdf5", MFD_CLOEXEC));
    if (memory.get() < 0)
        throw hdf5::Error(fmt::format("creating a file in memory failed: {}", std::strerror(errno)));
    return memory;
}

Id create_file(const Descriptor& memory) {
    // Per thread where HDF5 is thread-safe, so done wherever a file is opened.
    check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "silencing HDF5");
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "creating a property list");
    // The driver for plain files asks for the real path of a link, which a file in memory has not.
    check(H5Pset_fapl_stdio(access), "choosing the C library's files");
    check(H5Pset_alignment(access, aligned_from, alignment), "choosing the alignment of datasets");
    check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110), "choosing the file's format");
    check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "choosing how the file closes");
    const Id properties(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "creating a property list");
    check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED), "tracking the order of attributes");
    check(H5Pset_obj_track_times(properties, false), "leaving out the root group's times");
    const auto name = fmt::format("/proc/self/fd/{}", memory.get());
    return {H5Fcreate(name.c_str(), H5F_ACC_TRUNC, properties, access), H5Fclose, "creating a file"};
}

Id dataset_properties() {
    Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "creating a property list");
    check(H5Pset_layout(properties, H5D_CONTIGUOUS), "choosing a layout");
    check(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY), "choosing when space is taken");
    check(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER), "choosing not to fill");
    check(H5Pset_obj_track_times(properties, false), "leaving out a dataset's times");
    return properties;
}

// Makes the group of "/group/name", unless there is one. HDF5 would store the time in a group that it makes
// on the way.
void make_group_of(const hdf5::Group& root, const std::string& path) {
    const auto group = path.substr(1, path.rfind('/') - 1);
    if (path.rfind('/') == 0) return;
    const auto groups = root.children();
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) root.create(group);
}

// Where its values go; anything if it has none.
std::int64_t create_dataset(hid_t file, const Hdf5Stream::Dataset& dataset) {
    const std::vector<hsize_t> extent(dataset.extent.begin(), dataset.extent.end());
    const Id space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                   "creating the extent of " + dataset.path);
    const Id created(H5Dcreate2(file, dataset.path.c_str(), type_of(dataset), space, H5P_DEFAULT,
                                dataset_properties(), H5P_DEFAULT),
                     H5Dclose, "creating " + dataset.path);
    const auto offset = H5Dget_offset(created);
    if (offset == HADDR_UNDEF && bytes_of(dataset) > 0)
        throw hdf5::Error("placing " + dataset.path + " failed");
    return offset == HADDR_UNDEF ? 0 : static_cast<std::int64_t>(offset);
}

void copy(const Descriptor& memory, std::int64_t begin, std::int64_t end, PartFile& file) {
    std::string bytes(copy_bytes, '\0');
    while (begin < end) {
        const auto wanted = std::min(bytes.size(), static_cast<std::size_t>(end - begin));
        const auto got = ::pread(memory.get(), bytes.data(), wanted, begin);
        if (got <= 0) throw hdf5::Error("reading the file in memory failed");
        file.write_at(begin, {bytes.data(), static_cast<std::size_t>(got)});
        begin += got;
    }
}

struct Range {
    std::int64_t begin = 0, end = 0;
};

// Gives the file the size and the structure of the one in memory, but for what is there.
void copy_structure(const Descriptor& memory, PartFile& file, Range there) {
    struct stat status {};
    if (::fstat(memory.get(), &status) != 0) throw hdf5::Error("sizing the file in memory failed");
    file.reserve(status.st_size);
    file.resize(status.st_size);
    for (std::int64_t at = 0; (at = ::lseek(memory.get(), at, SEEK_DATA)) >= 0;) {
        const auto end = ::lseek(memory.get(), at, SEEK_HOLE);
        copy(memory, at, std::min(end, there.begin), file);
        copy(memory, std::max(at, there.end), end, file);
        at = end;
    }
}

// The bytes of a file, of which only those that are looked at are read.
class Mapped {
  public:
    explicit Mapped(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        struct stat status {};
        if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0 || status.st_size == 0) return;
        const auto size = static_cast<std::size_t>(status.st_size);
        void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_.get(), 0);
        if (bytes != MAP_FAILED) bytes_ = {static_cast<const char*>(bytes), size};
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped() {
        if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
    }
    std::string_view bytes() const { return bytes_; }

  private:
    Descriptor file_;
    std::string_view bytes_;
};

}  // namespace

Facts hdf5_attributes(const std::string& path) try {
    const Mapped mapped(path);
    // The structure comes first; behind it there are values, which may look like anything.
    if (!hdf5::has_checksums(mapped.bytes().substr(0, structure_bytes))) return {};
    return hdf5::File::open(mapped.bytes()).root().attributes();
} catch (const hdf5::Error&) {
    return {};
}

Hdf5Stream::Hdf5Stream(PartFile& file, const Facts& attributes, const std::vector<Dataset>& datasets)
    : file_(file) {
    make(attributes, datasets, false);
}

Hdf5Stream::Hdf5Stream(PartFile& file, const Facts& attributes, const std::vector<Dataset>& datasets,
                       FirstIsThere)
    : file_(file) {
    make(attributes, datasets, true);
}

void Hdf5Stream::make(const Facts& attributes, const std::vector<Dataset>& datasets, bool first_is_there) {
    // The space first: even in memory HDF5 does not survive a limit on file sizes.
    std::int64_t total = structure_bytes;
    for (const auto& dataset : datasets) total += bytes_of(dataset) + static_cast<std::int64_t>(alignment);
    file_.reserve(total);
    const auto memory = memory_file();
    {
        const auto created = create_file(memory);
        const hdf5::Group root({H5Gopen2(created, "/", H5P_DEFAULT), H5Gclose, "opening group /"}, "/");
        for (const auto& [name, value] : attributes) root.set(name, value);
        for (const auto& dataset : datasets) {
            make_group_of(root, dataset.path);
            targets_.push_back({create_dataset(created, dataset), bytes_of(dataset), dataset.text_bytes, {}});
        }
        check(H5Fflush(created, H5F_SCOPE_GLOBAL), "completing the file");
    }
    Range there;
    if (first_is_there) {
        auto& first = targets_.front();
        if (first.offset != first_values) throw Elsewhere();
        there = {first.offset, first.offset + first.left};
        first.left = 0;
    }
    copy_structure(memory, file_, there);
}

void Hdf5Stream::write(std::size_t dataset, std::string_view bytes) {
    auto& target = targets_.at(dataset);
    if (target.buffer.size() + bytes.size() > buffer_bytes) flush(target);
    append(target.buffer, bytes.data(), bytes.size());
    if (target.buffer.size() >= buffer_bytes) flush(target);
}

void Hdf5Stream::write_text(std::size_t dataset, std::string_view text) {
    std::string field(text.substr(0, targets_.at(dataset).text_bytes));
    field.resize(targets_[dataset].text_bytes, '\0');
    write(dataset, field);
}

std::int64_t Hdf5Stream::give_away(std::size_t dataset) {
    auto& target = targets_.at(dataset);
    target.left = 0;
    return target.offset;
}

void Hdf5Stream::flush(Target& target) {
    const auto bytes = static_cast<std::int64_t>(target.buffer.size());
    if (bytes > target.left) throw std::logic_error("more values than the dataset holds");
    file_.write_at(target.offset, {target.buffer.data(), target.buffer.size()});
    target.offset += bytes;
    target.left -= bytes;
    target.buffer.clear();
}

void Hdf5Stream::finish() {
    for (auto& target : targets_) {
        flush(target);
        if (target.left != 0) throw std::logic_error("fewer values than the dataset holds");
    }
}

}  // namespace pacer
