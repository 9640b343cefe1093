// Results as comma-separated values.
#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "apps/fileio/delivery/results_writer.hpp"

namespace pacer::fileio {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

// By RFC 4180.
std::string cell_of(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
    std::string cell = "\"";
    for (const char letter : text) cell.append(letter == '"' ? 2 : 1, letter);
    return cell + '"';
}

class CsvWriter : public ResultsWriter {
  public:
    CsvWriter(PartFile& file, const ResultsHead& head) : file_(file), files_(*head.files) {
        put("file,line");
        for (const auto& label : head.labels.ids) fmt::format_to(out(), ",{}", cell_of(label));
        for (std::int64_t i = 1; i <= head.width; ++i) fmt::format_to(out(), ",result_{}", i);
        put("\n");
    }

    void add(const Piece& piece) override {
        const auto& place = piece.place();
        if (place.file != file_index_) name_ = cell_of(files_.at(static_cast<std::size_t>(place.file)).path);
        file_index_ = place.file;
        const auto width = static_cast<std::size_t>(piece.header().results);
        const double* value = piece.values().data();
        const auto ids = piece.ids();
        auto id = ids.begin();
        for (const auto line : piece.done()) {
            put(name_);
            fmt::format_to(out(), FMT_COMPILE(",{}"), place.first_line + line + 1);
            for (std::int64_t i = 0; i < piece.header().ids; ++i, ++id) {
                put(",");
                put(cell_of(*id));
            }
            for (const double* const end = value + width; value != end; ++value) {
                fmt::format_to(out(), FMT_COMPILE(",{}"), *value);
            }
            put("\n");
            if (buffer_.size() >= buffer_bytes) flush();
        }
    }

    void finish() override { flush(); }

  private:
    fmt::appender out() { return fmt::appender(buffer_); }
    void put(std::string_view text) { buffer_.append(text.data(), text.data() + text.size()); }
    void flush() {
        file_.append({buffer_.data(), buffer_.size()});
        buffer_.clear();
    }

    PartFile& file_;
    const std::vector<InputFile>& files_;
    std::int64_t file_index_ = -1;
    std::string name_;  // of that file, as a cell
    fmt::memory_buffer buffer_;
};

}  // namespace

std::unique_ptr<ResultsWriter> write_csv(PartFile& file, const ResultsHead& head) {
    return std::make_unique<CsvWriter>(file, head);
}

void write_csv(PartFile& file, const ResultsHead& head, const std::vector<ColumnStatistics>& columns) {
    std::string text = "column,count,mean,variance,min,max";
    text += head.labels.missing ? ",missing\n" : "\n";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = columns[i];
        fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{}", cell_of(head.labels.of_column(i)),
                       column.count, column.mean, column.variance, column.min, column.max);
        if (head.labels.missing) fmt::format_to(std::back_inserter(text), ",{}", column.missing);
        text += '\n';
    }
    file.append(text);
}

}  // namespace pacer::fileio
