// The words of a text, as search knows them: in the index, in a query and in what is highlighted.
//
// A word is a run of letters and digits without case and accents. What belongs to it where people write of software is
// kept: `c++`, `c#`, `.net`, `@handle`. Runs that `.`, `-` or `_` hold together (`node.js`, `gpt-4o`, `fine-tuning`)
// are one word, and each of their parts is another. Every ideograph, kana and emoji is a word of its own.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// `c` without its accents, where it is a small letter of Latin, Greek or Cyrillic.
[[nodiscard]] char32_t base_letter(char32_t c);

// Code points of a word that count; what is longer is cut to this, in the index as in queries.
inline constexpr std::size_t kMaxWord = 64;

// Reads a text's words one after another. Takes any bytes; those that are no UTF-8 stand between words.
//
//   for (core::WordReader words(text); words.next();) use(words.term(), words.begin(), words.end());
class WordReader {
 public:
  // Bytes with which words begin.
  using Beginnings = std::bitset<256>;

  // `text` must outlive the reader.
  explicit WordReader(std::string_view text) : text_(text) {}
  // Passes over words of letters and digits alone that begin with one of ASCII's which is not `wanted` (small; of
  // `@ada` and `.net`: what follows the sign). Whoever looks for few words reads a text faster so. `wanted` must
  // outlive the reader.
  WordReader(std::string_view text, const Beginnings& wanted) : text_(text), wanted_(&wanted) {}

  bool next();

  // The word as it is compared; valid until next().
  [[nodiscard]] std::string_view term() const;
  // Where it stands in the text, in bytes. The parts of a word that consists of several follow it.
  [[nodiscard]] std::size_t begin() const { return pieces_[piece_].begin; }
  [[nodiscard]] std::size_t end() const { return pieces_[piece_].end; }
  // A part of the word that came before.
  [[nodiscard]] bool is_part() const { return piece_ > 0; }

 private:
  struct Piece {
    std::size_t begin = 0;  // in the text
    std::size_t end = 0;
    std::size_t term_begin = 0;  // in folded_
    std::size_t term_end = 0;
  };
  struct Character;

  [[nodiscard]] Character character(std::size_t at) const;
  [[nodiscard]] bool is_letter_at(std::size_t at) const;
  [[nodiscard]] std::size_t end_of_unwanted(std::size_t at) const;
  bool read_word();
  void read_part();
  void read_suffix(char last);
  [[nodiscard]] bool reads_joiner();
  [[nodiscard]] char marker_before(std::size_t at) const;

  std::string_view text_;
  const Beginnings* wanted_ = nullptr;
  std::size_t at_ = 0;
  std::string folded_;         // the word that was read last, as it is compared
  std::vector<Piece> pieces_;  // the whole of it, and its parts where there are several
  std::size_t piece_ = 0;
};

}  // namespace core
