#include "io/hdf5/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "io/hdf5/detail.hpp"

namespace pacer::hdf5 {

namespace {

constexpr std::size_t largest_read_bytes = std::size_t{1} << 30;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr unsigned all_attributes = 65535;

Id property_list(hid_t of_class) {
    return {H5Pcreate(of_class), H5Pclose, "creating a property list"};
}

// A group keeps all attributes in its object header, which has a checksum throughout: HDF5 would move many of
// them to a heap, whose large objects have none. No times are stored, so that equal content gives equal
// bytes.
Id group_properties() {
    auto properties = property_list(H5P_GROUP_CREATE);
    check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED), "tracking the order of attributes");
    check(H5Pset_attr_phase_change(properties, all_attributes, all_attributes),
          "keeping attributes together");
    check(H5Pset_obj_track_times(properties, false), "leaving out a group's times");
    return properties;
}

// Access to a file that lives in memory only.
Id memory_access() {
    // Per thread where HDF5 is thread-safe, so done wherever a file is opened.
    check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "silencing HDF5");
    auto access = property_list(H5P_FILE_ACCESS);
    check(H5Pset_fapl_core(access, chunk_bytes, false), "choosing a file in memory");
    check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110), "choosing the file's format");
    check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "choosing how the file closes");
    return access;
}

// HDF5 would copy the bytes of a file three times on the way to its driver for files in memory. These give it
// the bytes themselves, which it only reads, and are called by C code: nothing may be thrown through them.
void* image_bytes(std::size_t, H5FD_file_image_op_t, void* image) noexcept {
    return image;
}
void* image_copy(void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) noexcept {
    return to;  // where they are already
}
void* image_resized(void*, std::size_t, H5FD_file_image_op_t, void*) noexcept {
    return nullptr;  // never in a file that is only read
}
herr_t image_kept(void*, H5FD_file_image_op_t, void*) noexcept {
    return 0;
}
void* image_owner(void* image) noexcept {
    return image;
}
herr_t image_owner_kept(void*) noexcept {
    return 0;
}

// HDF5 takes two open files in memory of the same name for one file.
std::string unique_name() {
    static std::atomic<unsigned> files{0};
    return fmt::format("pacer-{}", files++);
}

// These two are called by C code: nothing may be thrown through it.
herr_t keep_attribute_name(hid_t, const char* name, const H5A_info_t*, void* names) noexcept {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}
herr_t keep_link_name(hid_t, const char* name, const H5L_info_t*, void* names) noexcept {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

// An object header of the kind that has checksums.
bool is_header(std::string_view image, std::uint64_t at) {
    return at < image.size() && image.substr(static_cast<std::size_t>(at)).starts_with("OHDR");
}

struct Headers {
    std::string_view image;
    bool all_right = true;
};

herr_t look_at_header(hid_t, const char*, const H5L_info_t* link, void* headers) noexcept {
    auto& all = *static_cast<Headers*>(headers);
    all.all_right = all.all_right && link->type == H5L_TYPE_HARD && is_header(all.image, link->u.address);
    return 0;
}

}  // namespace

void check(herr_t status, const std::string& doing) {
    if (status < 0) throw Error(doing + " failed");
}

Id string_type(std::size_t bytes) {
    Id type(H5Tcopy(H5T_C_S1), H5Tclose, "creating a string type");
    check(H5Tset_size(type, std::max<std::size_t>(bytes, 1)), "sizing a string type");
    check(H5Tset_cset(type, H5T_CSET_UTF8), "choosing a string's character set");
    check(H5Tset_strpad(type, H5T_STR_NULLPAD), "choosing a string's padding");
    return type;
}

bool is_fixed_string(hid_t type) {
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
}

std::string text_of(const char* field, std::size_t bytes) {
    return {field, std::find(field, field + bytes, '\0')};
}

std::size_t guarded_bytes(hsize_t count, std::size_t element_bytes, const std::string& what) {
    if (element_bytes == 0 || count > largest_read_bytes / element_bytes) {
        throw Error(fmt::format("reading {} x {} bytes of {} failed", count, element_bytes, what));
    }
    return static_cast<std::size_t>(count) * element_bytes;
}

void set_attribute(hid_t object, const std::string& name, const Value& value, const std::string& what) {
    const auto* text = std::get_if<std::string>(&value);
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto text_type = string_type(text ? text->size() : 1);
    const hid_t type = text ? hid_t{text_type} : whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
    const Id space(H5Screate(H5S_SCALAR), H5Sclose, "creating the extent of " + what);
    const Id attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                       "creating " + what);
    const void* data =
        text ? static_cast<const void*>(text->c_str())
             : std::visit([](const auto& held) { return static_cast<const void*>(&held); }, value);
    check(H5Awrite(attribute, type, data), "writing " + what);
}

std::optional<Value> attribute_of(hid_t object, const std::string& name, const std::string& what) {
    const auto found = H5Aexists(object, name.c_str());
    check(found, "looking for " + what);
    if (found == 0) return std::nullopt;
    const Id attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "opening " + what);
    const Id space(H5Aget_space(attribute), H5Sclose, "reading the extent of " + what);
    const Id type(H5Aget_type(attribute), H5Tclose, "reading the type of " + what);
    if (H5Sget_simple_extent_npoints(space) != 1) return std::nullopt;
    const auto read = [&](hid_t memory_type, void* value) {
        check(H5Aread(attribute, memory_type, value), "reading " + what);
    };
    if (is_fixed_string(type)) {
        std::string field(guarded_bytes(1, H5Tget_size(type), what), '\0');
        read(type, field.data());
        return text_of(field.data(), field.size());
    }
    if (H5Tget_class(type) == H5T_INTEGER) {
        std::int64_t number = 0;
        read(H5T_NATIVE_INT64, &number);
        return number;
    }
    if (H5Tget_class(type) != H5T_FLOAT) return std::nullopt;
    double number = 0;
    read(H5T_NATIVE_DOUBLE, &number);
    return number;
}

Id::Id(hid_t id, Close close, const std::string& doing) : id_(id), close_(close) {
    if (id < 0) throw Error(doing + " failed");
}

std::string Group::path_of(const std::string& name) const {
    return path_ == "/" ? "/" + name : path_ + "/" + name;
}

Group Group::create(const std::string& name) const {
    const auto properties = group_properties();
    const auto path = path_of(name);
    return {{H5Gcreate2(id_, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT), H5Gclose,
             "creating group " + path},
            path};
}

Group Group::open(const std::string& name) const {
    const auto path = path_of(name);
    return {{H5Gopen2(id_, name.c_str(), H5P_DEFAULT), H5Gclose, "opening group " + path}, path};
}

std::vector<std::string> Group::children() const {
    std::vector<std::string> names;
    check(H5Literate(id_, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_link_name, &names),
          "listing group " + path_);
    return names;
}

void Group::set(const std::string& name, const Value& value) const {
    set_attribute(id_, name, value, "attribute " + name + " of " + path_);
}

std::optional<Value> Group::attribute(const std::string& name) const {
    return attribute_of(id_, name, "attribute " + name + " of " + path_);
}

Facts Group::attributes() const {
    std::vector<std::string> names;
    check(H5Aiterate2(id_, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, keep_attribute_name, &names),
          "listing the attributes of " + path_);
    Facts facts;
    for (const auto& name : names) {
        if (auto value = attribute(name)) facts.emplace_back(name, std::move(*value));
    }
    return facts;
}

bool Group::has(const std::string& name) const {
    const auto found = H5Lexists(id_, name.c_str(), H5P_DEFAULT);
    check(found, "looking for " + path_of(name));
    return found > 0;
}

Group::Dataset Group::open_dataset(const std::string& name, int dimensions) const {
    const auto path = path_of(name);
    Id dataset(H5Dopen2(id_, name.c_str(), H5P_DEFAULT), H5Dclose, "opening dataset " + path);
    Id type(H5Dget_type(dataset), H5Tclose, "reading the type of " + path);
    const Id space(H5Dget_space(dataset), H5Sclose, "reading the extent of " + path);
    if (H5Sget_simple_extent_ndims(space) != dimensions)
        throw Error("reading " + path + " as a table failed");
    std::vector<hsize_t> extent(static_cast<std::size_t>(dimensions));
    check(H5Sget_simple_extent_dims(space, extent.data(), nullptr), "reading the extent of " + path);
    return {path, std::move(dataset), std::move(type), std::move(extent)};
}

Matrix Group::read_matrix(const std::string& name) const {
    if (!has(name)) return {};
    const auto dataset = open_dataset(name, 2);
    const auto rows = dataset.extent[0], columns = dataset.extent[1];
    const auto row_bytes = guarded_bytes(columns, sizeof(double), dataset.path);
    const auto count = row_bytes == 0 ? 0 : guarded_bytes(rows, row_bytes, dataset.path) / sizeof(double);
    Matrix matrix{static_cast<std::size_t>(rows), static_cast<std::size_t>(columns),
                  std::vector<double>(count)};
    check(H5Dread(dataset.id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, matrix.values.data()),
          "reading " + dataset.path);
    return matrix;
}

std::vector<std::int32_t> Group::read_integers(const std::string& name) const {
    if (!has(name)) return {};
    const auto dataset = open_dataset(name, 1);
    const auto bytes = guarded_bytes(dataset.extent[0], sizeof(std::int32_t), dataset.path);
    std::vector<std::int32_t> values(bytes / sizeof(std::int32_t));
    check(H5Dread(dataset.id, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          "reading " + dataset.path);
    return values;
}

std::vector<std::string> Group::read_strings(const std::string& name) const {
    if (!has(name)) return {};
    const auto dataset = open_dataset(name, 1);
    if (!is_fixed_string(dataset.type)) throw Error("reading " + dataset.path + " as strings failed");
    const auto length = H5Tget_size(dataset.type);
    std::string fields(guarded_bytes(dataset.extent[0], length, dataset.path), '\0');
    check(H5Dread(dataset.id, dataset.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, fields.data()),
          "reading " + dataset.path);
    std::vector<std::string> values;
    for (std::size_t at = 0; at < fields.size(); at += length) values.push_back(text_of(&fields[at], length));
    return values;
}

File File::create() {
    const auto access = memory_access();
    auto properties = property_list(H5P_FILE_CREATE);
    check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED), "tracking the order of attributes");
    check(H5Pset_obj_track_times(properties, false), "leaving out the root group's times");
    constexpr unsigned most_links = 64;  // in the object header, which has a checksum, too
    check(H5Pset_link_phase_change(properties, most_links, most_links), "keeping links together");
    File file(
        {H5Fcreate(unique_name().c_str(), H5F_ACC_EXCL, properties, access), H5Fclose, "creating a file"});
    // Only now: the superblock of 1.10, but not that of 1.8, says whether the file is open for writing, and
    // would say so in every copy. All other metadata is of 1.10, with checksums throughout.
    check(H5Fset_libver_bounds(file.id_, H5F_LIBVER_V110, H5F_LIBVER_V110), "choosing the objects' format");
    return file;
}

File File::open(std::string_view image) {
    const auto access = memory_access();
    auto* const bytes = const_cast<char*>(image.data());  // its interface lacks the const
    H5FD_file_image_callbacks_t callbacks{image_bytes, image_copy,       image_resized, image_kept,
                                          image_owner, image_owner_kept, bytes};
    check(H5Pset_file_image_callbacks(access, &callbacks), "lending the file's bytes");
    check(H5Pset_file_image(access, bytes, image.size()), "taking the file's bytes");
    return File({H5Fopen(unique_name().c_str(), H5F_ACC_RDONLY, access), H5Fclose, "opening the file"});
}

Group File::root() const {
    return {{H5Gopen2(id_, "/", H5P_DEFAULT), H5Gclose, "opening group /"}, "/"};
}

std::string_view File::image() const {
    check(H5Fflush(id_, H5F_SCOPE_GLOBAL), "completing the file");
    const auto size = H5Fget_file_image(id_, nullptr, 0);
    void* memory = nullptr;  // of the driver for files in memory, the address of its address of the bytes
    check(H5Fget_vfd_handle(id_, H5P_DEFAULT, &memory), "finding the file's bytes");
    if (size <= 0 || memory == nullptr) throw Error("sizing the file failed");
    return {*static_cast<const char**>(memory), static_cast<std::size_t>(size)};
}

bool has_checksums(std::string_view image) {
    // The superblock of version 2 on has its version, the bytes of an offset, of a length, and 1 byte of
    // flags behind the signature; then 4 offsets, of which the last is that of the root group.
    constexpr std::size_t version_at = 8, offset_bytes_at = 9, root_at = 12 + 3 * 8;
    if (image.size() < root_at + 8 || image[version_at] < 2 || image[offset_bytes_at] != 8) return false;
    std::uint64_t root = 0;
    for (std::size_t i = 8; i-- > 0;) root = root << 8 | static_cast<unsigned char>(image[root_at + i]);
    // Trees of the first kind, which lead to chunks or links, have no checksums. The text may be data.
    if (!is_header(image, root) || image.find("TREE") != image.npos) return false;
    Headers headers{image};
    try {
        const auto file = File::open(image);
        check(H5Literate(file.root().id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, look_at_header, &headers),
              "listing group /");
    } catch (const Error&) {
        return true;  // found before anything is read
    }
    return headers.all_right;
}

std::string library_version() {
    unsigned major = 0, minor = 0, release = 0;
    if (H5get_libversion(&major, &minor, &release) < 0) throw Error("asking HDF5 for its version failed");
    return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace pacer::hdf5
