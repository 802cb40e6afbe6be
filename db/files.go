package db

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// Files is what the files of a SQLite database say of themselves while nothing
// has them open. SQLite believes that a WAL belongs to the database file beside
// it, whichever that is; who wants to know better compares this.
type Files struct {
	Size int64 // of the database file; -1: there is none

	// Mark and Stamp are what Tx.Stamp wrote last before a checkpoint, read from
	// the file itself and not from the WAL; 0: nothing yet.
	Mark, Stamp uint32

	// Short says that pages which there should be are neither in the file nor
	// in the WAL. SQLite reads them as zeros. It may be that they are free: an
	// integrity check tells.
	Short bool

	WAL WAL
}

// WAL is what a write-ahead log says of itself.
type WAL struct {
	Size int64 // -1: there is none

	// Family is the same for all that is ever written to one WAL file, from the
	// moment it is made until the last connection closes and removes it. Reset
	// rises by one whenever it is begun from the front again. Both are 0 if
	// nothing is in it.
	Family, Reset uint32

	// Torn says that transactions were confirmed behind a frame that is not as
	// it was written. A loss of power leaves one unfinished transaction at most,
	// so this is damage, and SQLite would silently leave out what is behind it.
	Torn bool
}

// Empty says that the WAL holds nothing.
func (w *WAL) Empty() bool { return w.Size < walHeader }

// Sizes and places of the file format: https://sqlite.org/fileformat2.html,
// sections 1.3 and 4.
const (
	fileHeader   = 100
	pageSizeAt   = 16 // 1 is 65536
	changeAt     = 24 // the count of pages is valid if this is
	pagesAt      = 28
	validAt      = 92      // the same as this
	lockedByte   = 1 << 30 // is in a page that is never written
	stampAt      = 60      // user version
	markAt       = 68      // application id
	walHeader    = 32
	frameHeader  = 24
	walMagic     = 0x377f0682 // its last bit says in which order checksums read words
	largestPage  = 65536
	smallestPage = 512
)

// ReadFiles looks at the files of a database that nothing has open: the driver
// alone may open one that is (closing another descriptor drops its locks).
func ReadFiles(path string) (Files, error) {
	f := Files{Size: -1}
	head := make([]byte, fileHeader)
	n, size, err := readHead(path, head)
	if err != nil {
		return f, err
	}
	f.Size = size
	var have, want, page int64
	if n == fileHeader {
		f.Stamp, f.Mark = binary.BigEndian.Uint32(head[stampAt:]), binary.BigEndian.Uint32(head[markAt:])
		if page = int64(binary.BigEndian.Uint16(head[pageSizeAt:])); page == 1 {
			page = largestPage
		}
		if page >= smallestPage && string(head[changeAt:pagesAt]) == string(head[validAt:validAt+4]) {
			have, want = size/page, int64(binary.BigEndian.Uint32(head[pagesAt:]))
		}
	}
	s := walScan{have: uint32(have), beyond: map[uint32]bool{}}
	if f.WAL, err = readWAL(path, &s); err != nil {
		return f, err
	}
	if s.pages > 0 {
		want = int64(s.pages)
	}
	for missing := have + 1; n == fileHeader && missing <= want; missing++ {
		if !s.beyond[uint32(missing)] && missing != lockedByte/page+1 {
			f.Short = true
			break
		}
	}
	return f, nil
}

// ReadWAL looks at the WAL of a database, which may be open. Torn is not looked
// for.
func ReadWAL(path string) (WAL, error) { return readWAL(path, nil) }

// readHead fills head as far as the file goes. That there is none is no error.
func readHead(path string, head []byte) (n int, size int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, -1, nil
	}
	if err != nil {
		return 0, -1, fmt.Errorf("looking at the database: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, -1, fmt.Errorf("looking at the database: %w", err)
	}
	n, err = io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, info.Size(), err
}

func readWAL(path string, s *walScan) (w WAL, err error) {
	path += "-wal"
	head := make([]byte, walHeader)
	n, size, err := readHead(path, head)
	w.Size = size
	if err != nil || n < walHeader {
		return w, err
	}
	w.Reset = binary.BigEndian.Uint32(head[12:])
	w.Family = binary.BigEndian.Uint32(head[16:]) - w.Reset // the first salt rises with each reset
	if s == nil {
		return w, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return w, fmt.Errorf("looking at the WAL: %w", err)
	}
	defer f.Close()
	w.Torn, err = s.torn(f)
	return w, err
}

// walScan is what the frames of a WAL tell that can be believed.
type walScan struct {
	have   uint32          // pages of the file
	beyond map[uint32]bool // pages behind those of the file that the WAL holds
	pages  uint32          // of the database after the last transaction; 0: none
}

// torn reads frames as SQLite's recovery does, and on behind the first that is
// not whole: frames of the same reset that end a transaction there were written
// after it. One such end may be the transaction that was being written when the
// power went; a second one came after the first was confirmed to be on the disk.
func (s *walScan) torn(file io.Reader) (bool, error) {
	r := bufio.NewReaderSize(file, 1<<20)
	head := make([]byte, walHeader)
	if _, err := io.ReadFull(r, head); err != nil {
		return false, nil
	}
	if !slices.ContainsFunc(head, func(b byte) bool { return b != 0 }) {
		return false, nil // its first sector never reached the disk
	}
	magic, page := binary.BigEndian.Uint32(head), int(binary.BigEndian.Uint32(head[8:]))
	if magic&^1 != walMagic || page < smallestPage || page > largestPage || page&(page-1) != 0 {
		return true, nil
	}
	sum := walSum{order: binary.LittleEndian}
	if magic&1 == 1 {
		sum.order = binary.BigEndian
	}
	sum.add(head[:24])
	if !sum.is(head[24:]) {
		return true, nil
	}
	whole := true
	salts := string(head[16:24])
	behind := 0
	for frame := make([]byte, frameHeader+page); ; {
		if _, err := io.ReadFull(r, frame); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		} else if err != nil {
			return false, fmt.Errorf("looking at the WAL: %w", err)
		}
		sum.add(frame[:8])
		sum.add(frame[frameHeader:])
		same := string(frame[8:16]) == salts
		whole = whole && same && sum.is(frame[16:])
		size := binary.BigEndian.Uint32(frame[4:])
		if number := binary.BigEndian.Uint32(frame); whole && number > s.have {
			s.beyond[number] = true
		}
		if whole && size != 0 {
			s.pages = size
		}
		if !whole && same && size != 0 {
			if behind++; behind == 2 {
				return true, nil
			}
		}
	}
}

// walSum is the checksum of section 4.2 of the file format.
type walSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (s *walSum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		s.s0 += s.order.Uint32(b) + s.s1
		s.s1 += s.order.Uint32(b[4:]) + s.s0
	}
}

func (s *walSum) is(b []byte) bool {
	return binary.BigEndian.Uint32(b) == s.s0 && binary.BigEndian.Uint32(b[4:]) == s.s1
}
