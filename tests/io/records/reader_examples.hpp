// What the tests of the reader share: a folder of their own, inputs, and the blocks that come of them.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/reader.hpp"
#include "io/records/records.hpp"

namespace pacer::examples {

namespace fs = std::filesystem;

inline const std::vector<std::int64_t> sizes = {1, 2, 3, 7, 16, 100, 1 << 20};

inline std::string gzip(const std::string& text) {
    z_stream state = {};
    EXPECT_EQ(deflateInit2(&state, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&state, text.size()) + 64, '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

inline std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

inline std::int64_t lines_in(const std::string& text) {
    return count_lines(text);
}

inline std::string text_of_lines(int lines, unsigned seed, bool ends = true) {
    std::mt19937 random(seed);
    std::string text;
    for (int i = 0; i < lines; ++i)
        text += std::string(random() % 12, static_cast<char>('a' + i % 26)) + '\n';
    if (!ends) text += "last";
    return text;
}

// What `act` refuses with; empty if it does not.
inline std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

inline void expect_says(const std::string& text, const std::vector<std::string>& parts) {
    for (const auto& part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << "'" << text << "' lacks " << part;
}

struct Block {
    BlockPlace place;
    std::string text;
};

inline std::vector<Block> blocks_of(Reader& reader, std::int64_t wanted) {
    std::vector<Block> blocks;
    Bytes text;
    append(text, "kept", 4);
    while (const auto place = reader.next(text, wanted)) {
        EXPECT_EQ(std::string(text.data(), 4), "kept");
        EXPECT_EQ(static_cast<std::size_t>(place->bytes) + 4, text.size());
        blocks.push_back({*place, std::string(text.begin() + 4, text.end())});
        text.erase(text.begin() + 4, text.end());  // resize() makes GCC 12 warn of a write that is none
    }
    EXPECT_EQ(text.size(), 4U);
    return blocks;
}

inline std::vector<Block> blocks_of(const std::vector<std::string>& inputs, std::int64_t wanted,
                                    const ReadSettings& settings = {}) {
    Reader reader(inputs, settings);
    return blocks_of(reader, wanted);
}

inline std::string joined(const std::vector<Block>& blocks) {
    std::string text;
    for (const auto& block : blocks) text += block.text;
    return text;
}

// Blocks against the text of each file.
inline void expect_places(const std::vector<Block>& blocks, const std::vector<std::string>& texts,
                          std::int64_t wanted, std::int64_t header = 0) {
    std::vector<std::int64_t> lines_before = {0};
    for (const auto& text : texts) lines_before.push_back(lines_before.back() + lines_in(text));
    for (const auto& [place, text] : blocks) {
        const auto file = static_cast<std::size_t>(place.file);
        ASSERT_LT(file, texts.size());
        const auto offset = static_cast<std::size_t>(place.offset);
        const auto before = texts[file].substr(0, offset);
        EXPECT_EQ(texts[file].substr(offset, text.size()), text);
        EXPECT_TRUE(before.empty() || before.back() == '\n');
        EXPECT_TRUE(text.back() == '\n' || offset + text.size() == texts[file].size());
        EXPECT_EQ(place.first_line, lines_in(before));
        EXPECT_EQ(place.first_index, lines_before[file] + place.first_line);
        EXPECT_EQ(place.lines, lines_in(text));
        EXPECT_EQ(place.header_lines, std::clamp<std::int64_t>(header - place.first_line, 0, place.lines));
        EXPECT_TRUE(place.bytes <= wanted || place.lines == 1);
    }
}

class ReaderTest : public testing::Test {
  protected:
    ReaderTest() {
        std::string name = (fs::temp_directory_path() / "reader_test.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        home_ = fs::current_path();
        fs::current_path(folder_);
    }
    ~ReaderTest() override {
        fs::current_path(home_);
        fs::remove_all(folder_);
    }
    static void write(const fs::path& path, const std::string& bytes) {
        if (path.has_parent_path()) fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << bytes;
    }
    static std::vector<std::string> names(const std::vector<std::string>& inputs,
                                          const ReadSettings& settings = {}) {
        std::vector<std::string> names;
        for (const auto& file : files_of(inputs, settings)) names.push_back(file.path);
        return names;
    }

    fs::path folder_, home_;
};

}  // namespace pacer::examples
