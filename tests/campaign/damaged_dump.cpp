// Damaged timing dumps.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "io/dump/image.hpp"
#include "tests/campaign/damaged.hpp"
#include "tests/io/dump/dump_examples.hpp"

namespace pacer::campaign {

namespace {

std::string image_of(std::size_t launches) {
    std::vector<Launch> made;
    for (std::size_t i = 0; i < launches; ++i)
        made.push_back(examples::launch(fmt::format("20261122T120721Z-0000000{}", i), 2, 2));
    return examples::dump_image(made);
}

// Digits where the file has some, as in the list of its tables; values of 8 bytes; or whatever.
void damage_image(Random& random, std::string& image) {
    const auto at = random.below(image.size());
    switch (random.below(3)) {
        case 0: {
            const auto digit = image.find_first_of("0123456789abcdef", at);
            if (digit != image.npos) image[digit] = random.of(std::string_view("0123456789abcdef"));
            return;
        }
        case 1: {
            const auto to = at / 8 * 8, from = random.below(image.size()) / 8 * 8;
            image.replace(to, 8, image.substr(from, 8));
            return;
        }
        default:
            damage_bytes(random, image);
    }
}

}  // namespace

Came try_dump(Random& random) {
    static const std::vector<std::string> images = {image_of(1), image_of(3)};
    const auto& original = random.of(images);
    auto image = original;
    for (auto times = random.below(3); times > 0; --times) damage_image(random, image);
    std::string read;
    try {
        read = examples::dump_image(launches_in(image));
    } catch (const std::runtime_error& error) {
        return refused(error.what());
    }
    if (read != original) broken("a damaged dump is read as another one");
    return Came::right;
}

}  // namespace pacer::campaign
