package network

import (
	"math/bits"
	"strconv"

	"hearth"
)

// Grown names the size of a post's counts so roughly that it is another name
// only when one of them has doubled: from eight on, each time. It ends the
// revision of a post of a network that shows counts but does not tell of their
// growth, so that a post is stored again a dozen times and not a thousand. It is
// "" while all counts are below eight; views do not count.
func Grown(e hearth.Engagement) (name string) {
	grown := false
	for _, c := range [...]hearth.Count{e.Likes, e.Replies, e.Reposts, e.Quotes} {
		size := 0
		if c.N >= 8 {
			size, grown = bits.Len64(uint64(c.N)), true
		}
		name += "." + strconv.Itoa(size)
	}
	if !grown {
		return ""
	}
	return name
}
