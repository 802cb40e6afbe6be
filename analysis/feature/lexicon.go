package feature

import (
	"encoding/binary"
	"math/bits"

	"hearth"
	"hearth/text"
)

// Lexicon holds words and short phrases with a value, by language: an
// open-addressed table of hashes. An entry that begins a longer one is marked so
// that matching goes on. It is read only and safe for concurrent use.
type Lexicon struct {
	mask    uint64
	entries []byte // 6 bytes each: hash (uint32), value (int8), what it is
}

// Entry is a word or phrase of one language.
type Entry struct {
	Lang   string // BCP 47
	Phrase string
	Value  int8
}

const (
	entrySize = 6
	isWord    = 1 // has a value
	goesOn    = 2 // begins a longer entry
)

func (l *Lexicon) find(key uint64) (value int, kind byte) {
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

// Longest is the value of the longest entry that begins with the i-th word and
// how many words it takes; 0, 0 if there is none. lang is a LangHash.
func (l *Lexicon) Longest(doc *text.Doc, words []Word, i int, lang uint64) (value, taken int) {
	key := lang
	for n := 0; n < MaxPhrase && i+n < len(words); n++ {
		if n > 0 && (words[i+n].Stream != words[i].Stream || words[i+n].Token != words[i].Token+int32(n)) {
			break
		}
		key = Mix(key, doc.Tokens[words[i+n].Token].Folded)
		v, kind := l.find(key)
		if kind&isWord != 0 {
			value, taken = v, n+1
		}
		if kind&goesOn == 0 {
			break
		}
	}
	return value, taken
}

// MaxPhrase is the most tokens an entry has.
const MaxPhrase = 16

// All are the values of all entries that begin with the i-th word, the shorter
// ones first; there are n of them.
func (l *Lexicon) All(doc *text.Doc, words []Word, i int, lang uint64) (values [MaxPhrase]int8, n int) {
	key := lang
	for at := 0; at < MaxPhrase && i+at < len(words); at++ {
		if at > 0 && (words[i+at].Stream != words[i].Stream || words[i+at].Token != words[i].Token+int32(at)) {
			break
		}
		key = Mix(key, doc.Tokens[words[i+at].Token].Folded)
		v, kind := l.find(key)
		if kind&isWord != 0 {
			values[n] = int8(v)
			n++
		}
		if kind&goesOn == 0 {
			break
		}
	}
	return values, n
}

// The lexicon's file: "hearthX1", number of slots (uint32, little endian, a
// power of two), slots.
const lexiconMagic = "hearthX1"

// ReadLexicon makes a lexicon of its file, whose memory it shares.
func ReadLexicon(data []byte) (*Lexicon, error) {
	damaged := hearth.Errorf(hearth.Damaged, "a built-in lexicon is damaged; build or download the program again")
	if len(data) < len(lexiconMagic)+4 || string(data[:len(lexiconMagic)]) != lexiconMagic {
		return nil, damaged
	}
	data = data[len(lexiconMagic):]
	slots := int(binary.LittleEndian.Uint32(data))
	if data = data[4:]; slots == 0 || slots&(slots-1) != 0 || len(data) != slots*entrySize {
		return nil, damaged
	}
	return &Lexicon{mask: uint64(slots - 1), entries: data}, nil
}

// MakeLexicon is the file of a lexicon of the entries. Phrases without a token or
// with more than MaxPhrase are left out; of two equal phrases the first counts.
func MakeLexicon(entries []Entry) []byte {
	type slot struct {
		key   uint64
		value int8
		kind  byte
	}
	var (
		list []slot
		at   = map[uint64]int{}
		doc  text.Doc
	)
	put := func(key uint64, value int8, kind byte) {
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, slot{key: key})
		}
		if kind == isWord && list[i].kind&isWord == 0 {
			list[i].value = value
		}
		list[i].kind |= kind
	}
	for _, e := range entries {
		doc.Reset()
		doc.Add(text.Text, e.Phrase)
		if len(doc.Tokens) == 0 || len(doc.Tokens) > MaxPhrase {
			continue
		}
		key := LangHash(e.Lang)
		for i := range doc.Tokens {
			key = Mix(key, doc.Tokens[i].Folded)
			if i < len(doc.Tokens)-1 {
				put(key, 0, goesOn)
			}
		}
		put(key, e.Value, isWord)
	}
	slots := uint64(1) << bits.Len(uint(len(list)*5/4))
	file := binary.LittleEndian.AppendUint32([]byte(lexiconMagic), uint32(slots))
	table := make([]byte, slots*entrySize)
	for _, v := range list {
		slot := v.key >> 32 & (slots - 1)
		for table[slot*entrySize+5] != 0 {
			slot = (slot + 1) & (slots - 1)
		}
		binary.LittleEndian.PutUint32(table[slot*entrySize:], uint32(v.key))
		table[slot*entrySize+4], table[slot*entrySize+5] = byte(v.value), v.kind
	}
	return append(file, table...)
}
