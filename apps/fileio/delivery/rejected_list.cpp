#include "apps/fileio/delivery/rejected_list.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "common/base/status.hpp"

namespace pacer::fileio {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

std::string one_line(std::string_view reason) {
    std::string line(reason);
    std::replace_if(
        line.begin(), line.end(), [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
    return line;
}

// A name may have any byte but 0; a newline would begin another record.
std::string one_line_name(std::string_view name) {
    std::string line;
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '\\') {
            line += "\\\\";
        } else if (letter == '\n') {
            line += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            line += fmt::format("\\x{:02x}", byte);
        } else {
            line += letter;
        }
    }
    return line;
}

}  // namespace

void RejectedList::add(const Piece& piece) {
    const auto name = one_line_name(files_.at(static_cast<std::size_t>(piece.place().file)).path);
    for (const auto& record : piece.rejected()) {
        text_ += fmt::format("{}:{}:", name, piece.place().first_line + record.line + 1);
        if (record.column > 0) text_ += fmt::format("{}:", record.column);
        text_ += fmt::format(" {}\n", one_line(record.reason));
        if (text_.size() >= buffer_bytes) flush();
    }
}

void RejectedList::finish() {
    if (!text_.empty()) flush();
    if (file_) file_->finish();
}

void RejectedList::commit() {
    // An older list is of this run, which was cut here before, or is to be replaced: see check_target().
    if (file_) return file_->commit(true);
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
        throw UsageError(fmt::format("cannot remove {}: {}", path_, std::strerror(errno)));
    }
}

void RejectedList::flush() {
    if (!file_) file_.emplace(path_);
    file_->append(text_);
    text_.clear();
}

}  // namespace pacer::fileio
