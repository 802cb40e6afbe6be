// Package tile packs how many posts each of many keys has into few bytes, so
// that a chart of a year reads some thousand rows instead of a million.
//
// A tile is rising keys with counts of at least 1: for each, the difference to
// the key before and the count, as unsigned varints. The same counts give the
// same bytes, whatever the order in which they came. Tiles add up: merging moves
// is the same as packing the sums.
//
// The package decides nothing about what keys mean, except that in a bounded
// tile key 0 stands for all keys that found no room.
package tile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Entry is how many posts a key has, or by how many its number moves.
type Entry struct {
	Key   uint64
	Posts int64
}

// Others is the key of all keys that a bounded tile had no room for.
const Others = 0

// ErrDamaged says that bytes are no tile.
var ErrDamaged = errors.New("a packed count cannot be read")

// Each calls do for every key of a tile, rising. It stops with do's error.
func Each(b []byte, do func(key uint64, posts int64) error) error {
	var key uint64
	for i := 0; i < len(b); {
		from := i
		var step, posts uint64
		if i+1 < len(b) && b[i]|b[i+1] < 0x80 { // most are two bytes
			step, posts = uint64(b[i]), uint64(b[i+1])
			i += 2
		} else {
			var n, m int
			if step, n = binary.Uvarint(b[i:]); n <= 0 {
				return ErrDamaged
			}
			if posts, m = binary.Uvarint(b[i+n:]); m <= 0 {
				return ErrDamaged
			}
			i += n + m
		}
		if from > 0 && step == 0 || key+step < key || posts == 0 || posts > 1<<62 {
			return ErrDamaged
		}
		key += step
		if err := do(key, int64(posts)); err != nil {
			return err
		}
	}
	return nil
}

// Merge packs a tile with moves added. Each key is moved at most once; the moves
// are put in order. A count that would fall below 0 is an error.
func Merge(b []byte, moves []Entry) ([]byte, error) { return MergeMost(b, moves, 0) }

// MergeMost is Merge into a tile of at most so many keys besides Others; 0 is no
// bound. A new key that finds no room counts under Others, and what is missing
// of a count that would fall below 0 is taken from there. So the sum over all
// keys is always exact, and where nothing counts under Others each count is.
func MergeMost(b []byte, moves []Entry, most int) ([]byte, error) {
	slices.SortFunc(moves, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	old := make([]Entry, 0, len(b)/2+len(moves))
	err := Each(b, func(key uint64, posts int64) error {
		old = append(old, Entry{key, posts})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var others int64
	if most > 0 && len(old) > 0 && old[0].Key == Others {
		others, old = old[0].Posts, old[1:]
	}
	room := most - len(old)
	merged := make([]Entry, 1, len(old)+len(moves)+1) // the first is for Others
	for len(old) > 0 || len(moves) > 0 {
		switch {
		case len(moves) == 0 || len(old) > 0 && old[0].Key < moves[0].Key:
			merged, old = append(merged, old[0]), old[1:]
			continue
		case len(old) > 0 && old[0].Key == moves[0].Key:
			e := Entry{old[0].Key, old[0].Posts + moves[0].Posts}
			old, moves = old[1:], moves[1:]
			if e.Posts > 0 {
				merged = append(merged, e)
				continue
			}
			others += e.Posts
			room++
		case moves[0].Posts > 0 && (most == 0 || room > 0 && moves[0].Key != Others):
			merged, moves = append(merged, moves[0]), moves[1:]
			room--
		default:
			others += moves[0].Posts
			moves = moves[1:]
		}
	}
	if others < 0 {
		return nil, fmt.Errorf("a count would fall to %d", others)
	}
	merged[0] = Entry{Others, others}
	if others == 0 {
		merged = merged[1:]
	}
	return pack(merged), nil
}

// pack writes rising keys.
func pack(entries []Entry) []byte {
	b := make([]byte, 0, 4*len(entries))
	var key uint64
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.Key-key)
		b = binary.AppendUvarint(b, uint64(e.Posts))
		key = e.Key
	}
	return b
}
