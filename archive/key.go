package archive

import (
	"crypto/sha256"
	"encoding/binary"

	"hearth"
)

// storeKey names a post in the tables: 6 bytes that follow the network's own
// order of ids and 10 bytes of a hash of network and id.
//
// The order is what makes keys cheap: most networks give ids that rise with
// time (snowflakes, TIDs), so new keys land at the right edge of the tree, in
// pages that are in memory, instead of all over it. With hashes alone a million
// keys cost 19 µs a post, with the order 5. It is only about speed: any id
// works, and the hash keeps keys apart. Eighty bits can be made to collide by
// somebody who works at it for weeks, so a key that is found is compared with
// the post behind it.
type storeKey [16]byte

func keyOf(k hearth.Key) storeKey { return saltedKey(k, 0) }

// saltedKey is the key of a post after salt others were found in its place.
func saltedKey(k hearth.Key, salt byte) (key storeKey) {
	sum := digest("post", salt, k.Network, k.ID)
	copy(key[6:], sum[:10])
	copy(key[:6], order(k.ID))
	return key
}

// order is 6 bytes that sort as the id's last run of letters and digits does
// among others of its length: the upper 48 bits of a decimal number, else the
// first eight characters at six bits each.
func order(id string) []byte {
	end := len(id)
	for end > 0 && sixBits(id[end-1]) < 0 {
		end--
	}
	start := end
	for start > 0 && sixBits(id[start-1]) >= 0 {
		start--
	}
	tail := id[start:end]
	n, ok := decimal(tail)
	if !ok {
		for i := range 8 {
			n <<= 6
			if i < len(tail) {
				n |= uint64(sixBits(tail[i]))
			}
		}
		n <<= 16
	}
	return binary.BigEndian.AppendUint64(nil, n)[:6]
}

// sixBits numbers letters and digits in the order of their bytes; -1 for others.
func sixBits(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 36
	}
	return -1
}

func decimal(s string) (n uint64, ok bool) {
	if len(s) == 0 || len(s) > 19 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, true
}

// authorKey names an author in the tables.
func authorKey(network, id string) []byte {
	sum := digest("author", 0, network, id)
	return sum[:16]
}

// eventKey names an event after a post's first one.
func eventKey(k storeKey, op Op, revision string) []byte {
	sum := digest("event", byte(op), string(k[:]), revision)
	return sum[:16]
}

// digest hashes two strings for one purpose, so that no two purposes and no
// two ways to cut the strings give the same bytes.
func digest(purpose string, kind byte, a, b string) [sha256.Size]byte {
	buf := make([]byte, 0, 256)
	buf = append(buf, purpose...)
	buf = append(buf, 0, kind)
	buf = binary.AppendUvarint(buf, uint64(len(a)))
	buf = append(buf, a...)
	buf = append(buf, b...)
	return sha256.Sum256(buf)
}
