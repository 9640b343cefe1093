// Damaged dumps: an error or the right data, never a crash, a hang or a wrong number.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "io/dump/image.hpp"
#include "tests/io/dump/dump_examples.hpp"

// HDF5 1.10 does not free all memory when it fails to open a file; the sanitizer is to look at our own.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libhdf5";
}

namespace pacer {
namespace {

std::string small_image() {
    auto launch = examples::launch("20261122T120721Z-00000001", 2, 2);
    launch.records.erase(
        launch.records.begin());  // one case that ran and one that did not: every kind of content
    return examples::dump_image(launch);
}

// True if the image is refused with a sentence. The writer being deterministic, equal data give equal images.
bool refused(const std::string& image, const std::string& original) {
    try {
        const auto launches = launches_in(image);
        EXPECT_EQ(examples::dump_image(launches), original);
        return false;
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()), "");
        return true;
    }
}

TEST(DamagedDump, CutAtAnyByteIsRefused) {
    const auto image = small_image();
    ASSERT_FALSE(refused(image, image));
    for (std::size_t size = 0; size < image.size(); ++size) {
        ASSERT_TRUE(refused(image.substr(0, size), image)) << "cut at " << size;
    }
}

class Flipped : public testing::TestWithParam<int> {};

TEST_P(Flipped, AnyByteGivesAnErrorOrTheRightData) {
    const auto image = small_image();
    auto damaged = image;
    int accepted = 0;
    for (std::size_t at = 0; at < image.size(); ++at) {
        damaged[at] = static_cast<char>(image[at] ^ GetParam());
        accepted += refused(damaged, image) ? 0 : 1;
        ASSERT_FALSE(HasFailure()) << "byte " << at;
        damaged[at] = image[at];
    }
    RecordProperty("accepted", accepted);
    EXPECT_LT(static_cast<std::size_t>(accepted), image.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Bits, Flipped, testing::Values(0x01, 0x80, 0xff));

// A lost disk block reads as zeros.
TEST(DamagedDump, AnyBlockOfZerosGivesAnErrorOrTheRightData) {
    const auto image = small_image();
    constexpr std::size_t block = 512;
    for (std::size_t at = 0; at + block <= image.size(); at += 64) {
        auto damaged = image;
        damaged.replace(at, block, block, '\0');
        refused(damaged, image);
        ASSERT_FALSE(HasFailure()) << "block at " << at;
    }
}

// A file that another program works on.
class Edited {
  public:
    explicit Edited(const std::string& image) {
        ::close(::mkstemp(path_.data()));
        std::ofstream(path_, std::ios::binary) << image;
        file_ = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    }
    Edited(const Edited&) = delete;
    Edited& operator=(const Edited&) = delete;
    ~Edited() { ::unlink(path_.c_str()); }

    std::vector<std::string> names() const {
        std::vector<std::string> all;
        H5G_info_t info{};
        H5Gget_info(file_, &info);
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            char name[100] = {};
            H5Lget_name_by_idx(file_, ".", H5_INDEX_NAME, H5_ITER_NATIVE, i, name, sizeof name, H5P_DEFAULT);
            all.emplace_back(name);
        }
        return all;
    }

    // Changes the lowest bit of the last row's first byte, and with it what HDF5 itself checks. False: there
    // is no row.
    bool change(const std::string& table) const {
        const auto set = H5Dopen2(file_, table.c_str(), H5P_DEFAULT);
        const auto type = H5Dget_type(set), space = H5Dget_space(set);
        const auto row = H5Tget_size(type);
        std::vector<char> bytes(row * static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
        if (!bytes.empty()) {
            H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
            bytes[bytes.size() - row] = static_cast<char>(bytes[bytes.size() - row] ^ 1);
            H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Dclose(set);
        return !bytes.empty();
    }

    std::string image() {
        H5Fclose(file_);
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string path_ = testing::TempDir() + "pacer-dump-XXXXXX";
    hid_t file_ = -1;
};

TEST(DamagedDump, ATableThatAnotherProgramChangedIsRefused) {
    const auto image = small_image();
    Edited original(image);
    int changed = 0;
    for (const auto& table : original.names()) {
        Edited edited(image);
        const bool has_rows = edited.change(table);
        const auto other = edited.image();
        if (!has_rows) continue;
        ++changed;
        try {
            launches_in(other);
            ADD_FAILURE() << table << " is read";
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find("the checksum of table " + table + " differs"),
                      std::string::npos)
                << error.what();
        }
    }
    EXPECT_EQ(launches_in(original.image()).size(), 1U);
    EXPECT_GE(changed, 5);
}

}  // namespace
}  // namespace pacer
