package index

import (
	"encoding/binary"
	"hash/crc32"
)

// Doc is one document: its place in the order of results and its row.
type Doc struct {
	Place int64
	Seq   int64
}

// before is the order of documents within a segment.
func (d Doc) before(o Doc) bool {
	return d.Place < o.Place || d.Place == o.Place && d.Seq < o.Seq
}

const (
	dictBlock = 8 << 10 // bytes after which a block of the dictionary ends
	inline    = 1 << 10 // containers longer than this have a block of their own
	docBlock  = 1024    // documents of one block
)

// Writer writes a segment: all documents in their order, then all terms in
// theirs. Emit is given the blocks, numbered from 1; it may keep none of them.
type Writer struct {
	emit   func(no uint32, block []byte) error
	number uint32 // of the last block

	docs     []Doc // of the block under way
	docCount uint32
	last     int64 // place
	docHeads []docHead

	block     []byte
	previous  []byte // last term of the block
	dictHeads []dictHead
	container []byte
	scratch   []byte
}

// docHead is the first document of a block.
type docHead struct {
	place int64
	no    uint32
}

// dictHead is the first term of a block.
type dictHead struct {
	term string
	no   uint32
}

// NewWriter begins a segment.
func NewWriter(emit func(no uint32, block []byte) error) *Writer {
	return &Writer{emit: emit}
}

// Doc adds the next document and returns its number. Call it for all documents
// before the first Term.
func (w *Writer) Doc(d Doc) (uint32, error) {
	w.docs = append(w.docs, d)
	w.docCount++
	w.last = d.Place
	if len(w.docs) == docBlock {
		if err := w.closeDocs(); err != nil {
			return 0, err
		}
	}
	return w.docCount - 1, nil
}

func (w *Writer) closeDocs() error {
	if len(w.docs) == 0 {
		return nil
	}
	b := w.block[:0]
	last := Doc{}
	for _, d := range w.docs {
		b = binary.AppendVarint(b, d.Place-last.Place)
		b = binary.AppendVarint(b, d.Seq-last.Seq)
		last = d
	}
	no, err := w.write(b)
	w.docHeads = append(w.docHeads, docHead{w.docs[0].Place, no})
	w.docs, w.block = w.docs[:0], b[:0]
	return err
}

// write emits a block with its checksum behind it.
func (w *Writer) write(b []byte) (uint32, error) {
	w.number++
	return w.number, w.emit(w.number, binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)))
}

// Term adds the next term with the documents that hold it, ascending, at least
// one.
func (w *Writer) Term(term []byte, docs []uint32) error {
	if len(w.docs) > 0 {
		if err := w.closeDocs(); err != nil {
			return err
		}
	}
	windows := 1
	for i := 1; i < len(docs); i++ {
		if docs[i]>>windowBits != docs[i-1]>>windowBits {
			windows++
		}
	}
	// Containers with blocks of their own are emitted before the entry that
	// points to them, so the entry is put together apart.
	entry := binary.AppendUvarint(w.container[:0], uint64(windows))
	last := uint32(0)
	for i := 0; i < len(docs); {
		key := docs[i] >> windowBits
		j := i + 1
		for j < len(docs) && docs[j]>>windowBits == key {
			j++
		}
		entry = binary.AppendUvarint(entry, uint64(key-last))
		last = key
		var err error
		if entry, err = w.appendEntry(entry, docs[i:j]); err != nil {
			return err
		}
		i = j
	}
	w.container = entry
	return w.append(term, entry)
}

// appendEntry adds one container to an entry: its count and form, then the
// document itself where there is one, else length and bytes, or length and
// block.
func (w *Writer) appendEntry(entry []byte, docs []uint32) ([]byte, error) {
	data, form := appendContainer(w.scratch[:0], docs)
	w.scratch = data
	entry = binary.AppendUvarint(entry, uint64(len(docs)-1)<<2|uint64(form))
	if len(docs) == 1 {
		return append(entry, data...), nil
	}
	entry = binary.AppendUvarint(entry, uint64(len(data)))
	if len(data) <= inline {
		return append(entry, data...), nil
	}
	no, err := w.write(data)
	return binary.AppendUvarint(entry, uint64(no)), err
}

// append adds a term and its entry to the dictionary.
func (w *Writer) append(term, entry []byte) error {
	shared := 0
	if len(w.block) == 0 {
		w.dictHeads = append(w.dictHeads, dictHead{term: string(term)})
	} else {
		for shared < min(len(term), len(w.previous)) && term[shared] == w.previous[shared] {
			shared++
		}
	}
	w.block = binary.AppendUvarint(w.block, uint64(shared))
	w.block = binary.AppendUvarint(w.block, uint64(len(term)-shared))
	w.block = append(w.block, term[shared:]...)
	w.block = append(w.block, entry...)
	w.previous = append(w.previous[:0], term...)
	if len(w.block) >= dictBlock {
		return w.closeDict()
	}
	return nil
}

func (w *Writer) closeDict() error {
	if len(w.block) == 0 {
		return nil
	}
	no, err := w.write(w.block)
	w.dictHeads[len(w.dictHeads)-1].no = no
	w.block = w.block[:0]
	return err
}

// Close ends the segment and returns its head, which OpenSegment reads.
func (w *Writer) Close() ([]byte, error) {
	if err := w.closeDocs(); err != nil {
		return nil, err
	}
	if err := w.closeDict(); err != nil {
		return nil, err
	}
	b := binary.AppendUvarint(nil, uint64(w.docCount))
	b = binary.AppendVarint(b, w.last)
	b = binary.AppendUvarint(b, uint64(len(w.docHeads)))
	for _, h := range w.docHeads {
		b = binary.AppendVarint(b, h.place)
		b = binary.AppendUvarint(b, uint64(h.no))
	}
	b = binary.AppendUvarint(b, uint64(len(w.dictHeads)))
	for _, h := range w.dictHeads {
		b = binary.AppendUvarint(b, uint64(len(h.term)))
		b = append(b, h.term...)
		b = binary.AppendUvarint(b, uint64(h.no))
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checked is a block without its checksum, if that is right.
func checked(block []byte) ([]byte, error) {
	n := len(block) - 4
	if n < 0 || crc32.Checksum(block[:n], castagnoli) != binary.LittleEndian.Uint32(block[n:]) {
		return nil, ErrBroken
	}
	return block[:n], nil
}
