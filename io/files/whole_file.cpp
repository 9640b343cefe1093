#include "io/files/whole_file.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>

#include "io/files/part_file.hpp"
#include "io/files/stream.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

// "before-2.h5" for "before.h5" and 2.
std::string numbered(const fs::path& path, int number) {
    if (number == 1) return path.string();
    return (path.parent_path() / path.stem()).string() + fmt::format("-{}", number) +
           path.extension().string();
}

}  // namespace

Bytes read_whole_file(const std::string& path) {
    const bool standard_input = path == "-";
    Stream stream({standard_input ? "standard input" : path, standard_input});
    constexpr std::size_t first_bytes = std::size_t{1} << 20;
    const auto on_disk = stream.file().bytes;
    Bytes bytes;
    for (std::size_t done = 0;;) {
        // One more than a plain file has: then its end is met without another round.
        const auto known = stream.can_seek() ? static_cast<std::size_t>(on_disk) + 1 : first_bytes;
        bytes.resize(done == 0 ? known : 2 * bytes.size());
        done += stream.read(&bytes[done], bytes.size() - done);
        if (done < bytes.size()) {
            bytes.resize(done);
            return bytes;
        }
    }
}

void check_writable(const std::string& path) {
    const PartFile attempt(path);
}

std::string write_whole_file(const std::string& path, std::string_view bytes, bool replace) {
    PartFile part(path);
    part.append(bytes);
    part.finish();
    auto name = path;
    if (replace) {
        part.replace(name);
    } else {
        for (int number = 2; !part.rename_to_free(name); ++number) name = numbered(path, number);
    }
    flush_folder_of(name);
    return name;
}

}  // namespace pacer
