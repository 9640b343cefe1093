// The files with data: which part of which file a rank writes or reads, and the loops that do it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "apps/storage/storage.hpp"
#include "io/files/part_file.hpp"

namespace pacer::storage {

// An open file. All that the system refuses throws UsageError, which names the file.
class DataFile {
  public:
    DataFile(std::string path, int flags);

    void write(std::string_view bytes, std::int64_t offset);
    std::int64_t read(void* to, std::int64_t bytes, std::int64_t offset);  // fewer only at the end
    void sync();                                                           // until all is on storage
    void close();  // some file systems tell only here that something went wrong

    int descriptor() const { return file_.get(); }

  private:
    std::string path_;
    Descriptor file_;
};

// Bytes `bytes` of the data, which begin at `offset` of the file.
struct Piece {
    std::string path;
    std::int64_t offset = 0;
    Range bytes;
};

// What that rank writes in this turn, and in the files that are read: whole blocks, but for the last one.
Piece piece_of(const Problem& problem, Layout layout, int rank);
// What tells the data of this turn from those of others.
std::uint64_t salt_of(const Problem& problem, Layout layout);

// Writes it block by block; returns the bytes.
std::int64_t write_piece(const Problem& problem, const Piece& piece, std::uint64_t salt, DataFile& file);

// Reads it block by block, until its end or that of the file; each block is added up at once.
Part read_piece(const Problem& problem, const Piece& piece, DataFile& file);

// What the work says, or what the file system refused to it.
Answer attempt(const std::function<Part()>& work);

// Runs the work on the ranks of the team. What the file system refuses to one of them ends the launch: with a
// UsageError on all, unless the others are asleep.
void on_all(const Problem& problem, const Team& team, const std::function<void()>& work);

}  // namespace pacer::storage
