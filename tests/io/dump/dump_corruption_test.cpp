// Damaged dumps: an error or the right data, never a crash, a hang or a wrong number.
#include <gtest/gtest.h>

#include <functional>
#include <string>

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
    return dump_image(std::span(&launch, 1));
}

// True if the image is refused with a sentence. The writer being deterministic, equal data give equal images.
bool refused(const std::string& image, const std::string& original) {
    try {
        const auto launches = launches_in(image);
        EXPECT_EQ(dump_image(launches), original);
        return false;
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()), "");
        return true;
    }
}

// The HDF5 file within the image, and the image of an HDF5 file whose last line vouches for it.
std::string hdf5_part(const std::string& image) {
    return image.substr(0, image.size() - checksum_line("").size());
}
std::string vouched(const std::string& bytes) {
    return bytes + checksum_line(bytes);
}

TEST(DamagedDump, CutAtAnyByteIsRefused) {
    const auto image = small_image();
    ASSERT_FALSE(refused(image, image));
    for (std::size_t size = 0; size < image.size(); ++size) {
        ASSERT_TRUE(refused(image.substr(0, size), image)) << "cut at " << size;
    }
    EXPECT_TRUE(refused(image + '\0', image));
}

class Flipped : public testing::TestWithParam<int> {
  protected:
    static char flip(char byte) { return static_cast<char>(byte ^ GetParam()); }
};

TEST_P(Flipped, AnyByteIsRefused) {
    const auto image = small_image();
    auto damaged = image;
    for (std::size_t at = 0; at < image.size(); ++at) {
        damaged[at] = flip(image[at]);
        ASSERT_TRUE(refused(damaged, image)) << "byte " << at;
        damaged[at] = image[at];
    }
}

// The second line of defence: damage that the last line vouches for reaches HDF5 and what is made of its
// data.
TEST_P(Flipped, AnyVouchedByteGivesAnErrorOrTheRightData) {
    const auto image = small_image();
    const auto bytes = hdf5_part(image);
    auto damaged = bytes;
    int accepted = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        damaged[at] = flip(bytes[at]);
        accepted += refused(vouched(damaged), image) ? 0 : 1;
        ASSERT_FALSE(HasFailure()) << "byte " << at;
        damaged[at] = bytes[at];
    }
    RecordProperty("accepted", accepted);
    EXPECT_LT(static_cast<std::size_t>(accepted), bytes.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Bits, Flipped, testing::Values(0x01, 0x80, 0xff));

TEST(DamagedDump, CutAtAnyByteAndVouchedForIsRefused) {
    const auto image = small_image();
    const auto bytes = hdf5_part(image);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ASSERT_TRUE(refused(vouched(bytes.substr(0, size)), image)) << "cut at " << size;
    }
}

// A lost disk block reads as zeros, which HDF5's fletcher32 takes for data.
TEST(DamagedDump, AnyBlockOfZerosIsRefused) {
    const auto image = small_image();
    constexpr std::size_t block = 512;
    for (std::size_t at = 0; at + block <= image.size(); at += 64) {
        auto damaged = image;
        damaged.replace(at, block, block, '\0');
        if (damaged == image) continue;
        ASSERT_TRUE(refused(damaged, image)) << "block at " << at;
    }
}

}  // namespace
}  // namespace pacer
