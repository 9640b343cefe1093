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

}  // namespace
}  // namespace pacer
