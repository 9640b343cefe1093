// Where dumps are written: a name in use is never lost, a full disk is one sentence, and so is what is no
// dump.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "common/base/status.hpp"
#include "io/dump/dump.hpp"
#include "io/dump/image.hpp"
#include "io/files/whole_file.hpp"
#include "tests/io/dump/dump_examples.hpp"

namespace {
bool file_system_renames_without_replacing = true, file_system_links = true;
bool an_empty_file_had_the_name = false;
}  // namespace

// Stands before the C library's: some file systems refuse this call, and none here does.
extern "C" int renameat2(int from_folder, const char* from, int to_folder, const char* to,
                         unsigned flags) noexcept {
    if (!file_system_renames_without_replacing) {
        errno = EINVAL;
        return -1;
    }
    return static_cast<int>(syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

extern "C" int link(const char* from, const char* to) noexcept {
    if (!file_system_links) {
        errno = EPERM;
        return -1;
    }
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

extern "C" int rename(const char* from, const char* to) noexcept {
    struct stat status {};
    if (stat(to, &status) == 0 && status.st_size == 0) an_empty_file_had_the_name = true;
    return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace pacer {
namespace {

namespace fs = std::filesystem;

class DumpFiles : public testing::Test {
  protected:
    DumpFiles() {
        std::string name = (fs::temp_directory_path() / "dump_test.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        home_ = fs::current_path();
        fs::current_path(folder_);
    }
    ~DumpFiles() override {
        fs::current_path(home_);
        fs::remove_all(folder_);
    }
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_)) names.insert(entry.path().filename());
        return names;
    }

    fs::path folder_, home_;
};

std::string message_of(const std::function<void()>& doing) {
    try {
        doing();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no UsageError";
}

void put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST_F(DumpFiles, ADumpIsReadBack) {
    const auto launch = examples::launch("x");
    EXPECT_EQ(DumpFile("a.h5", false, "reduce", 3).write(launch), "a.h5");
    EXPECT_EQ(examples::describe(read_dump("a.h5").at(0)), examples::describe(launch));
    EXPECT_EQ(files(), std::set<std::string>{"a.h5"});
}

TEST_F(DumpFiles, ADumpIsWrittenQuickly) {
    auto launch = examples::launch("x", 4, 20);
    launch.records.assign(7, examples::record("mpi", 4, 20));
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        DumpFile("a.h5", true, "reduce", 4).write(launch);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        least = std::min(least, spent.count());
    }
    RecordProperty("microseconds", static_cast<int>(1e6 * least));
    EXPECT_LT(least, 2.0);  // 100 times what it takes, for busy machines and sanitizers
}

TEST_F(DumpFiles, HasADefaultName) {
    const auto name = DumpFile("", false, "reduce", 4).write(examples::launch("x"));
    EXPECT_TRUE(name.starts_with("reduce-20") && name.ends_with("Z-np4.h5")) << name;
    EXPECT_EQ(files(), std::set<std::string>{name});
}

TEST_F(DumpFiles, AnExistingFileIsReplacedOnlyIfForced) {
    put("a.h5", "precious");
    EXPECT_EQ(message_of([] { DumpFile("a.h5", false, "reduce", 1); }),
              "a.h5 exists; choose another name, or replace it with --force");
    EXPECT_EQ(DumpFile("a.h5", true, "reduce", 1).write(examples::launch("x")), "a.h5");
    EXPECT_EQ(read_dump("a.h5")[0].id, "x");
    EXPECT_EQ(files(), std::set<std::string>{"a.h5"});
}

TEST_F(DumpFiles, AFileThatAppearedDuringTheRunIsKept) {
    for (const std::string stem : {"a", "b", "c"}) {
        file_system_renames_without_replacing = stem == "a";
        file_system_links = stem != "c";
        an_empty_file_had_the_name = false;
        const std::string name = stem + ".h5", next = stem + "-2.h5";
        const DumpFile dump(name, false, "reduce", 1), other(name, false, "reduce", 1);
        EXPECT_EQ(dump.write(examples::launch("x")), name);
        EXPECT_EQ(other.write(examples::launch("y")), next);
        EXPECT_EQ(read_dump(name)[0].id, "x");
        EXPECT_EQ(read_dump(next)[0].id, "y");
        EXPECT_EQ(an_empty_file_had_the_name, !file_system_links);
    }
    file_system_renames_without_replacing = file_system_links = true;
    EXPECT_EQ(files(), (std::set<std::string>{"a.h5", "a-2.h5", "b.h5", "b-2.h5", "c.h5", "c-2.h5"}));
}

TEST_F(DumpFiles, LaunchesThatEndTogetherLoseNothing) {
    constexpr int writers = 12;
    for (int i = 0; i < writers; ++i) {
        if (fork() == 0) {
            file_system_renames_without_replacing = i % 3 == 0;
            file_system_links = i % 3 == 1;
            const auto launch = examples::launch(fmt::format("launch-{}", i));
            _exit(write_whole_file("a.h5", examples::dump_image(launch), false).empty() ? 1 : 0);
        }
    }
    for (int i = 0; i < writers; ++i) {
        int status = 0;
        wait(&status);
        EXPECT_EQ(status, 0);
    }
    std::set<std::string> ids;
    for (const auto& name : files()) ids.insert(read_dump(name)[0].id);
    EXPECT_EQ(ids.size(), writers);
}

TEST_F(DumpFiles, FollowsALinkAndSparesDevices) {
    put("target.h5", "old");
    fs::create_symlink("target.h5", "link.h5");
    DumpFile("link.h5", true, "reduce", 1).write(examples::launch("x"));
    EXPECT_TRUE(fs::is_symlink("link.h5"));
    EXPECT_EQ(read_dump("target.h5")[0].id, "x");
    EXPECT_EQ(message_of([] { DumpFile("/dev/null", true, "reduce", 1); }),
              "cannot write /dev/null: it is not a regular file");
}

TEST_F(DumpFiles, PlacesWhereNothingCanBeWrittenAreRefusedBeforeTheRun) {
    EXPECT_EQ(message_of([] { DumpFile("missing/a.h5", false, "reduce", 1); }),
              "cannot write missing/a.h5: No such file or directory; create its folder first or choose "
              "another one");
    EXPECT_EQ(message_of([] { DumpFile(".", true, "reduce", 1); }),
              "cannot write .: it is a folder; name a file in it");
    // Nothing can be made in /proc, by root either; the reason given differs.
    const auto message = message_of([] { DumpFile("/proc/a.h5", false, "reduce", 1); });
    EXPECT_TRUE(message.starts_with("cannot write /proc/a.h5: ")) << message;
}

// --- a disk that is full ---

TEST_F(DumpFiles, AFullDiskIsOneSentenceAndLeavesNothing) {
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=8k") != 0) {
        GTEST_SKIP()
            << "\nskipped: only root may mount a small file system; a limit on file sizes stands in for it";
    }
    fs::current_path(folder_);
    const auto message =
        message_of([] { DumpFile("a.h5", false, "reduce", 1).write(examples::launch("x")); });
    EXPECT_EQ(message,
              "cannot write a.h5: No space left on device; free some space there or choose another folder");
    EXPECT_EQ(files(), std::set<std::string>{});
    fs::current_path(home_);
    EXPECT_EQ(umount(folder_.c_str()), 0);
}

TEST_F(DumpFiles, ALimitOnFileSizesIsOneSentenceAndLeavesNothing) {
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    put("a.h5", "precious");
    for (const rlim_t bytes : {0, 1, 4096}) {
        const rlimit small{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        const auto message =
            message_of([] { DumpFile("a.h5", true, "reduce", 1).write(examples::launch("x")); });
        setrlimit(RLIMIT_FSIZE, &before);
        EXPECT_EQ(message, "cannot write a.h5: File too large; raise the limit on file sizes (ulimit -f)");
        EXPECT_EQ(files(), std::set<std::string>{"a.h5"});
        EXPECT_EQ(fs::file_size("a.h5"), 8u);
    }
    std::signal(SIGXFSZ, handler);
}

TEST_F(DumpFiles, WhatIsNoDumpIsRefusedInOneSentence) {
    put("empty.h5", "");
    put("text.h5", "seconds\n1.5\n");
    put("short.h5", "\x89HDF");
    EXPECT_EQ(message_of([] { read_dump("missing.h5"); }),
              "cannot read missing.h5: No such file or directory");
    EXPECT_EQ(message_of([] { read_dump("."); }), "cannot read .: it is a folder; name a file in it");
    EXPECT_EQ(message_of([] { read_dump("/dev/null"); }), "cannot read /dev/null: the file is empty");
    EXPECT_EQ(message_of([] { read_dump("empty.h5"); }), "cannot read empty.h5: the file is empty");
    EXPECT_EQ(message_of([] { read_dump("text.h5"); }),
              "cannot read text.h5: it is not an HDF5 file, so not a timing dump");
    EXPECT_EQ(message_of([] { read_dump("short.h5"); }),
              "cannot read short.h5: it is cut or damaged (opening the file failed)");
    put("none.h5", examples::dump_image(std::span<const Launch>()));
    EXPECT_EQ(message_of([] { read_dump("none.h5"); }), "cannot read none.h5: it contains no launch");
}

TEST_F(DumpFiles, AreReadFromAPipeToo) {
    DumpFile("a.h5", false, "reduce", 3).write(examples::launch("x"));
    ASSERT_EQ(mkfifo("pipe", 0600), 0);
    const pid_t writer = fork();
    if (writer == 0) {
        std::ofstream("pipe", std::ios::binary) << std::ifstream("a.h5", std::ios::binary).rdbuf();
        _exit(0);
    }
    EXPECT_EQ(read_dump("pipe").at(0).id, "x");
    waitpid(writer, nullptr, 0);
}

}  // namespace
}  // namespace pacer
