// A file that is written piece by piece under another name and gets its own once it is whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace pacer {

// Throws UsageError "cannot write PATH: ..." for a value of errno, with advice where there is any.
[[noreturn]] void refuse_to_write(const std::string& path, int error);

// Throws UsageError "PATH exists; ...".
[[noreturn]] void refuse_to_replace(const std::string& path);

// Makes the new name in the folder survive a power cut. The file is complete already, so a file system that
// cannot do this is no reason to fail.
void flush_folder_of(const std::filesystem::path& path);

// The file to write if `path` is asked for: a link is followed, so that the file it names is replaced, not
// the link. Throws UsageError: a folder, a device, a file that is there already (without `force`).
std::string file_to_write(const std::string& path, bool force);

// Whether a file can get that name by being renamed, both in folders that are there.
bool on_one_file_system(const std::string& folder, const std::string& path);

// An open file.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    int close();

  private:
    int fd_;
};

// Removes what killed writers of `target` left; to be called when nobody else writes to it.
void remove_parts_of(const std::string& target);

// The unfinished file of `target`, "before.1a2b3c4d.h5.part" for "before.h5"; removed unless it gets a final
// name. Every function throws UsageError that names the target (disk full, ...).
class PartFile {
  public:
    explicit PartFile(const std::string& target);
    // One that others have begun and that outlives this: it is not removed.
    PartFile(const std::string& target, std::string begun);
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    ~PartFile();

    void append(std::string_view bytes);
    void write_at(std::int64_t offset, std::string_view bytes);

    // Takes the space for that many bytes, zeros until they are written, so that a full disk is met now. On
    // file systems that cannot promise space, only the size is tried.
    void reserve(std::int64_t bytes);
    void resize(std::int64_t bytes);

    // Nothing is written after this. Everything is on disk.
    void finish();
    std::int64_t bytes() const;                        // when it is finished
    const std::string& path() const { return path_; }  // of the unfinished file

    // Finishes it, if that is still to be done, and gives it the name of its target. An existing file is
    // replaced or, if `replace` is false, kept: a UsageError says so.
    void commit(bool replace);

    // For finished files: any name. False, and nothing changed, if the name is taken.
    void replace(const std::string& name);
    bool rename_to_free(const std::string& name);

  private:
    std::string target_, path_;
    bool own_ = true;  // removed, unless it gets a final name
    Descriptor file_;
};

}  // namespace pacer
