package ngram

import (
	"encoding/binary"
	"math/bits"

	"hearth"
)

// A Table scores the languages of one script. Each n-gram that says something
// has a row of one byte a language, its weight plus 128; the others have none.
//
// N-grams are found by their hash: the upper half picks a bucket of four
// slots, the lowest 16 bits are compared with the four marks of the bucket. A
// foreign n-gram passes for a known one about once in 16,000 times.
type Table struct {
	Langs   []string
	Priors  []int32 // added to the sums, same unit
	Lanes   int     // len(Langs) rounded up to 8
	Buckets uint64
	Marks   []byte // buckets × 4 × uint16
	Rows    []byte // buckets × 4 × Lanes
	Margin  int32  // least lead of the first over the second to be sure
	Enough  int32  // lead at which reading on changes nothing
}

// Slots is how many rows a bucket has room for.
const Slots = 4

// Places appends the places in t.Rows of the rows of those n-grams that say
// something.
func (t *Table) Places(into []int, grams []uint64) []int {
	for _, gram := range grams {
		bucket, mark := t.Place(gram)
		// A lane of 16 bits is zero where the mark is the wanted one; the lowest
		// such lane is found as the lowest byte of a word that is zero is.
		four := binary.LittleEndian.Uint64(t.Marks[bucket*8:]) ^ uint64(mark)*eachLane
		if found := (four - eachLane) &^ four & topOfLane; found != 0 {
			into = append(into, (int(bucket)*Slots+bits.TrailingZeros64(found)>>4)*t.Lanes)
		}
	}
	return into
}

const (
	eachLane  = 0x0001000100010001
	topOfLane = 0x8000800080008000
)

// Place is the bucket of an n-gram and its mark there, which is never 0.
func (t *Table) Place(gram uint64) (bucket uint64, mark uint16) {
	bucket, _ = bits.Mul64(gram, t.Buckets)
	return bucket, max(uint16(gram), 1)
}

// MaxLanes is the most languages a table holds; MaxRows is the number of rows
// whose bytes a 16-bit lane has room for (256 × 255 < 2¹⁶).
const (
	MaxLanes  = 48
	MaxRows   = 256
	evenBytes = 0x00ff00ff00ff00ff
)

// Part is a sum of at most MaxRows rows, eight languages at a time: the bytes of
// a row are spread to 16-bit lanes, those at even places in one word, those at
// odd places in another.
type Part struct {
	even, odd [MaxLanes / 8]uint64
	Rows      int // that were added up
}

// Sum makes p the sum of the rows at the places, at most MaxRows.
func (t *Table) Sum(p *Part, places []int) {
	*p = Part{Rows: len(places)}
	for at := range t.Lanes / 8 {
		even, odd := uint64(0), uint64(0)
		for _, place := range places {
			eight := binary.LittleEndian.Uint64(t.Rows[place+8*at:])
			even += eight & evenBytes
			odd += eight >> 8 & evenBytes
		}
		p.even[at%len(p.even)], p.odd[at%len(p.odd)] = even, odd
	}
}

// Sums are what the n-grams of a post say, one sum a language.
type Sums struct {
	open  Part
	total [MaxLanes]int32
}

// Reset begins a new post.
func (s *Sums) Reset() { *s = Sums{} }

// Open is how many rows were added since the last Flush.
func (s *Sums) Open() int { return s.open.Rows }

// Add adds a part, of the table that the others are of.
func (s *Sums) Add(p *Part, lanes int) {
	if s.open.Rows+p.Rows > MaxRows {
		s.Flush(lanes)
	}
	for at := range s.open.even {
		s.open.even[at] += p.even[at]
		s.open.odd[at] += p.odd[at]
	}
	s.open.Rows += p.Rows
}

// Flush makes what was added count.
func (s *Sums) Flush(lanes int) {
	offset := int32(s.open.Rows) * 128
	for i := range lanes / 8 {
		for k := range 4 {
			s.total[i*8+2*k] += int32(uint16(s.open.even[i]>>(16*k))) - offset
			s.total[i*8+2*k+1] += int32(uint16(s.open.odd[i]>>(16*k))) - offset
		}
	}
	s.open = Part{}
}

// Best are the first and second language of the sums and the lead of the
// first, in the table's unit.
func (t *Table) Best(s *Sums) (first, second int, lead int32) {
	second = -1
	for i := range t.Langs {
		score := s.total[i] + t.Priors[i]
		switch {
		case i == 0:
		case score > s.total[first]+t.Priors[first]:
			first, second = i, first
		case second < 0 || score > s.total[second]+t.Priors[second]:
			second = i
		}
	}
	if second < 0 {
		return first, first, t.Enough
	}
	return first, second, s.total[first] + t.Priors[first] - s.total[second] - t.Priors[second]
}

// The model file: "hearthL1", then for each of Shared: the
// number of languages, of buckets, margin and enough (uint32 each, little
// endian); the languages, 3 bytes each, padded by spaces; the priors (int32);
// marks; rows.
const magic = "hearthL1"

var errDamaged = hearth.Errorf(hearth.Damaged, "the built-in language model is damaged; build or download the program again")

// Read makes the tables of a model file, in the order of Shared. They share its memory.
func Read(data []byte) ([len(Shared)]Table, error) {
	var tables [len(Shared)]Table
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return tables, errDamaged
	}
	data = data[len(magic):]
	for s := range Shared {
		if len(data) < 16 {
			return tables, errDamaged
		}
		n := int(binary.LittleEndian.Uint32(data))
		t := Table{
			Lanes:   (n + 7) &^ 7,
			Buckets: uint64(binary.LittleEndian.Uint32(data[4:])),
			Margin:  int32(binary.LittleEndian.Uint32(data[8:])),
			Enough:  int32(binary.LittleEndian.Uint32(data[12:])),
		}
		data = data[16:]
		marks, rows := int(t.Buckets)*Slots*2, int(t.Buckets)*Slots*t.Lanes
		if n > MaxLanes || len(data) < n*7+marks+rows {
			return tables, errDamaged
		}
		for i := range n {
			name := string(data[i*3 : i*3+3])
			if name[2] == ' ' {
				name = name[:2]
			}
			t.Langs = append(t.Langs, name)
			t.Priors = append(t.Priors, int32(binary.LittleEndian.Uint32(data[n*3+i*4:])))
		}
		data = data[n*7:]
		t.Marks, t.Rows, data = data[:marks], data[marks:marks+rows], data[marks+rows:]
		tables[s] = t
	}
	return tables, nil
}

// Write is the model file of the tables, in the order of Shared.
func Write(tables [len(Shared)]Table) []byte {
	data := []byte(magic)
	for s := range Shared {
		t := &tables[s]
		for _, n := range [...]uint32{uint32(len(t.Langs)), uint32(t.Buckets), uint32(t.Margin), uint32(t.Enough)} {
			data = binary.LittleEndian.AppendUint32(data, n)
		}
		for _, lang := range t.Langs {
			data = append(data, (lang + " ")[:3]...)
		}
		for _, prior := range t.Priors {
			data = binary.LittleEndian.AppendUint32(data, uint32(prior))
		}
		data = append(data, t.Marks...)
		data = append(data, t.Rows...)
	}
	return data
}
