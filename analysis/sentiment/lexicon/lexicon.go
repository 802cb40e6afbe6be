// Package lexicon holds what package sentiment and its trainer share: a table of
// words and short phrases with how they feel, and the evidence that such words
// give about a post, with what negates, strengthens and weakens them.
package lexicon

import (
	"encoding/binary"
	"math/bits"

	"hearth"
	"hearth/analysis/feature"
	"hearth/text"
)

// Lexicon holds words and short phrases with how they feel, by language: an
// open-addressed table from a hash to a valence in tenths (−50 … 50). An entry
// that begins a longer one is marked so that matching goes on.
type Lexicon struct {
	mask    uint64
	entries []byte // 6 bytes each: hash (uint32), valence (int8), what it is
}

// Entry is a word or phrase of one language.
type Entry struct {
	Lang    string // BCP 47
	Phrase  string
	Valence int // tenths, −50 … 50
}

const (
	entrySize = 6
	isWord    = 1 // has a valence
	goesOn    = 2 // begins a longer entry
)

// maxPhrase is the most tokens an entry has.
const maxPhrase = 6

func (l *Lexicon) find(key uint64) (valence int, kind byte) {
	mark := uint32(key)
	for slot := key >> 32 & l.mask; ; slot = (slot + 1) & l.mask {
		entry := l.entries[slot*entrySize:][:entrySize]
		if entry[5] == 0 {
			return 0, 0
		}
		if binary.LittleEndian.Uint32(entry) == mark {
			return int(int8(entry[4])), entry[5]
		}
	}
}

// longest is the valence of the longest entry that begins with the i-th word
// and how many words it takes; 0, 0 if there is none.
func (l *Lexicon) longest(doc *text.Doc, words []feature.Word, i int, lang uint64) (valence, taken int) {
	key := lang
	for n := 0; n < maxPhrase && i+n < len(words); n++ {
		if n > 0 && (words[i+n].Stream != words[i].Stream || words[i+n].Token != words[i].Token+int32(n)) {
			break
		}
		key = feature.Mix(key, doc.Tokens[words[i+n].Token].Folded)
		v, kind := l.find(key)
		if kind&isWord != 0 {
			valence, taken = v, n+1
		}
		if kind&goesOn == 0 {
			break
		}
	}
	return valence, taken
}

// The lexicon's file: "hearthX1", number of slots (uint32, little endian, a
// power of two), slots.
const magic = "hearthX1"

// Read makes a lexicon of its file, whose memory it shares.
func Read(data []byte) (*Lexicon, error) {
	damaged := hearth.Errorf(hearth.Damaged, "the built-in sentiment lexicon is damaged; build or download the program again")
	if len(data) < len(magic)+4 || string(data[:len(magic)]) != magic {
		return nil, damaged
	}
	data = data[len(magic):]
	slots := int(binary.LittleEndian.Uint32(data))
	if data = data[4:]; slots == 0 || slots&(slots-1) != 0 || len(data) != slots*entrySize {
		return nil, damaged
	}
	return &Lexicon{mask: uint64(slots - 1), entries: data}, nil
}

// Make is the file of a lexicon of the entries. Phrases without a token or with
// more than six are left out; of two equal phrases the first counts.
func Make(entries []Entry) []byte {
	type value struct {
		key     uint64
		valence int8
		kind    byte
	}
	var (
		list []value
		at   = map[uint64]int{}
		doc  text.Doc
	)
	put := func(key uint64, valence int, kind byte) {
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, value{key: key})
		}
		if kind == isWord && list[i].kind&isWord == 0 {
			list[i].valence = int8(valence)
		}
		list[i].kind |= kind
	}
	for _, e := range entries {
		doc.Reset()
		doc.Add(text.Text, e.Phrase)
		if len(doc.Tokens) == 0 || len(doc.Tokens) > maxPhrase {
			continue
		}
		key := feature.LangHash(e.Lang)
		for i := range doc.Tokens {
			key = feature.Mix(key, doc.Tokens[i].Folded)
			if i < len(doc.Tokens)-1 {
				put(key, 0, goesOn)
			}
		}
		put(key, e.Valence, isWord)
	}
	slots := uint64(1) << bits.Len(uint(len(list)*5/4))
	file := binary.LittleEndian.AppendUint32([]byte(magic), uint32(slots))
	table := make([]byte, slots*entrySize)
	for _, v := range list {
		slot := v.key >> 32 & (slots - 1)
		for table[slot*entrySize+5] != 0 {
			slot = (slot + 1) & (slots - 1)
		}
		binary.LittleEndian.PutUint32(table[slot*entrySize:], uint32(v.key))
		table[slot*entrySize+4], table[slot*entrySize+5] = byte(v.valence), v.kind
	}
	return append(file, table...)
}
