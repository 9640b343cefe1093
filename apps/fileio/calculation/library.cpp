#include "apps/fileio/calculation/library.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cfenv>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <stdexcept>

#include "apps/fileio/calculation/pacer_calculation.h"
#include "common/base/status.hpp"
#include "common/exact_sum/float_mode.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int32_t most_numbers = 4096;  // fields or results of a record: more is a mistake
constexpr std::size_t message_bytes = 256;

struct Word {
    std::string path, function;
};

Word split(std::string_view word) {
    const auto colon = word.rfind(':');
    if (colon == std::string_view::npos || word.find('/', colon) != std::string_view::npos) {
        return {std::string(word), "calculate"};
    }
    return {std::string(word.substr(0, colon)), std::string(word.substr(colon + 1))};
}

struct Shape {
    std::int32_t fields = 0, results = 0;
};

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw UsageError(fmt::format("cannot calculate with {}: {}", path, why));
}

// An open file; closed again.
struct File {
    int descriptor;
    explicit File(const std::string& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~File() {
        if (descriptor >= 0) ::close(descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
};

// A hash of the file's bytes, or why there is none. A device or a pipe is never read: it might not end.
std::uint64_t hash_of_file(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) refuse(path, std::strerror(errno));
        refuse(path, fmt::format("there is no such file, seen from {} (write ./{} or its whole path)",
                                 std::filesystem::current_path().string(),
                                 std::filesystem::path(path).filename().string()));
    }
    if (!S_ISREG(status.st_mode)) refuse(path, "it is not a file");
    const File file(path);
    if (file.descriptor < 0) refuse(path, std::strerror(errno));
    XXH3_state_t* const state = XXH3_createState();
    XXH3_64bits_reset(state);
    std::array<char, 65536> part;
    ssize_t count = 0;
    while ((count = ::read(file.descriptor, part.data(), part.size())) > 0) {
        XXH3_64bits_update(state, part.data(), static_cast<std::size_t>(count));
    }
    const std::uint64_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    if (count < 0) refuse(path, std::strerror(errno));
    return hash;
}

// What an ELF file is made for: 32 or 64 bits, byte order, machine. Empty: it is no ELF file.
std::string machine_of(const std::string& path) {
    std::string header(20, '\0');
    const File file(path);
    const bool whole = file.descriptor >= 0 && ::read(file.descriptor, header.data(), header.size()) == 20;
    if (!whole || !header.starts_with(ELFMAG)) return {};
    return header.substr(EI_CLASS, 2) + header.substr(offsetof(Elf64_Ehdr, e_machine), 2);
}

// The loader's reason, without the path it begins with.
std::string loader_error(const std::string& full_path) {
    // The loader passes over such a file and says that there is none.
    const std::string machine = machine_of(full_path), here = machine_of("/proc/self/exe");
    if (!machine.empty() && !here.empty() && machine != here) {
        return "it is made for another kind of processor";
    }
    const char* const text = ::dlerror();
    std::string error = text != nullptr ? text : "the system's loader gives no reason";
    if (error.starts_with(full_path + ": ")) error.erase(0, full_path.size() + 2);
    return "it cannot be loaded: " + error;
}

void* load(const std::string& path) {
    // A bare name would be looked for in the system's folders.
    const std::string full = std::filesystem::absolute(path).string();
    void* const library = ::dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL);
    // One that is called .so is one, cut off or damaged: the loader says how.
    const bool is_called_so = std::filesystem::path(path).extension() == ".so";
    if (library == nullptr && !is_called_so && !is_library(path)) refuse_no_library(path);
    if (library == nullptr) refuse(path, loader_error(full));
    return library;
}

template <class Function>
Function* find(void* library, const std::string& symbol) {
    return reinterpret_cast<Function*>(::dlsym(library, symbol.c_str()));
}

Shape shape_of(void* library, const Word& word) {
    const auto shape = find<pacer_shape_function>(library, word.function + "_shape");
    if (shape == nullptr) {
        refuse(word.path,
               fmt::format("it has {0}, but no function {0}_shape that says what {0} takes and gives "
                           "(see pacer_calculation.h)",
                           word.function));
    }
    constexpr auto unset = std::numeric_limits<std::int32_t>::min();
    std::int32_t version = unset, fields = unset, results = unset;
    shape(&version, &fields, &results);
    if (version != PACER_CALCULATION_VERSION) {
        refuse(word.path,
               fmt::format(
                   "{}_shape gives {} of pacer_calculation.h, this program has version {}: compile it again "
                   "with this program's",
                   word.function, version == unset ? "no version" : fmt::format("version {}", version),
                   PACER_CALCULATION_VERSION));
    }
    for (const auto& [what, count] : {std::pair{"fields", fields}, std::pair{"results", results}}) {
        if (count < 0 || count > most_numbers) {
            refuse(word.path,
                   fmt::format("{}_shape gives {} {}, but there can be 0 to {}", word.function,
                               count == unset ? "no number of" : fmt::to_string(count), what, most_numbers));
        }
    }
    return {fields, results};
}

// One line, whatever the function left in its message: no end, several lines, Fortran's trailing blanks.
std::string clean(std::span<const char> message) {
    std::string text(message.begin(), std::find(message.begin(), message.end(), '\0'));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char letter) { return letter < ' ' || letter == 127; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

// The folder in which relative paths lie, whatever a function makes of it. It belongs to all threads of a
// process until one leaves them (unshare), since others may open a file while a function is elsewhere.
class WorkingFolder {
  public:
    WorkingFolder() : descriptor_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {}
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;
    ~WorkingFolder() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    // Not a UsageError: it may happen to one rank of many.
    void enter() const {
        if (::fchdir(descriptor_) != 0)
            throw std::runtime_error(
                "the calculation changed the working folder, which cannot be entered again");
    }

  private:
    int descriptor_;
};

bool call(pacer_calculation_function* function, std::span<const double> fields, std::span<double> results,
          std::string& message) {
    // What it forgets to set is not a number, rather than what an earlier record left.
    std::fill(results.begin(), results.end(), std::numeric_limits<double>::quiet_NaN());
    std::array<char, message_bytes> text{};
    // A container may refuse it: then other threads see where a function goes.
    [[maybe_unused]] thread_local const bool has_own_folder = ::unshare(CLONE_FS) == 0;
    // A rounding mode that it sets must not be that in which the next record is read. That of long double is
    // another one on x86, and std::fegetround() tells it.
    const DefaultFloatMode mode;
    const int status = function(fields.data(), static_cast<std::int32_t>(fields.size()), results.data(),
                                static_cast<std::int32_t>(results.size()), text.data(), message_bytes);
    if (std::fegetround() != FE_TONEAREST) std::fesetround(FE_TONEAREST);
    if (status == 0) return true;
    message = clean(text);
    if (message.empty()) message = fmt::format("the calculation gave status {} and no reason", status);
    return false;
}

}  // namespace

bool is_library(const std::string& path) {
    return !machine_of(path).empty();
}

void refuse_no_library(const std::string& path) {
    const auto extension = std::filesystem::path(path).extension();
    const auto from = [&](const char* compiler) {
        refuse(path, fmt::format(
                         "it is a source text: compile it by {} -O2 -shared -fPIC {} -o {}.so, and give that",
                         compiler, path, std::filesystem::path(path).stem().string()));
    };
    if (extension == ".c") from("gcc");
    if (extension == ".cpp" || extension == ".cc" || extension == ".cxx") from("g++");
    if (extension == ".f90" || extension == ".f" || extension == ".F90") from("gfortran");
    const std::string command = extension == ".py"    ? "python3 "
                                : extension == ".R"   ? "Rscript "
                                : extension == ".jl"  ? "julia "
                                : extension == ".pl"  ? "perl "
                                : extension == ".awk" ? "awk -f "
                                                      : "";
    refuse(path,
           fmt::format("it cannot be loaded, since it is no shared library; a program that answers lines of "
                       "numbers is run by --calculation exec:'{}{}'",
                       command, command.empty() && path.find('/') == path.npos ? "./" + path : path));
}

bool names_library(std::string_view word) {
    const auto path = word.substr(0, word.find(".so:"));
    return word.find('/') != std::string_view::npos || word.ends_with(".so") || path.size() < word.size();
}

Calculation library_calculation(const std::string& name) {
    const Word word = split(name);
    const std::uint64_t hash = hash_of_file(word.path);
    const auto folder = std::make_shared<WorkingFolder>();
    void* const library = load(word.path);
    folder->enter();
    const auto function = find<pacer_calculation_function>(library, word.function);
    if (function == nullptr) {
        refuse(word.path,
               fmt::format("it has no function {} (name yours as {}:FUNCTION; C++ wants it extern \"C\", "
                           "Fortran bind(C))",
                           word.function, word.path));
    }
    const Shape shape = shape_of(library, word);
    Calculation calculation;
    calculation.name = word.path + ':' + word.function;
    calculation.identity = fmt::format("{} {:016x}", calculation.name, hash);
    calculation.fields = shape.fields;
    calculation.results = shape.results;
    calculation.takes_missing = ::dlsym(library, (word.function + "_takes_missing").c_str()) != nullptr;
    calculation.tidy = [folder] { folder->enter(); };
    calculation.calculate = [function](std::span<const double> fields, double, std::span<double> results,
                                       std::string& message) {
        return call(function, fields, results, message);
    };
    return calculation;
}

}  // namespace pacer::fileio
