package disk

import (
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"hearth"
)

// Limit is an amount of room: bytes, or a share of the disk, at most so many
// bytes.
type Limit struct {
	Share float64 // of the disk, 0 to 1
	Bytes int64   // where there is a share, what it is at most; 0: whatever it is
}

// on is the limit in bytes of a disk of that size.
func (l Limit) on(total int64) int64 {
	share := int64(l.Share * float64(total))
	if l.Share == 0 || l.Bytes > 0 && l.Bytes < share {
		return l.Bytes
	}
	return share
}

// Limits are what a Guard goes by.
type Limits struct{ Low, Short, Out Limit }

// Standard is a tenth, a twentieth and a fiftieth, and on a large disk what is
// enough for anybody to notice in time.
var Standard = Limits{Low: Limit{0.10, 20e9}, Short: Limit{0.05, 10e9}, Out: Limit{0.02, 4e9}}

// ParseLimits reads three limits, the largest first, such as "10%,5%,2%",
// "50GB,20GB,5GB" or "10%/20GB,5%/10GB,2%/4GB", where the smaller counts. Its
// errors are Invalid.
func ParseLimits(text string) (Limits, error) {
	var list [3]Limit
	parts := strings.Split(text, ",")
	if len(parts) != len(list) {
		return Limits{}, hearth.Errorf(hearth.Invalid, "Write the limits of the disk as three amounts, such as 10%%,5%%,2%%, 50GB,20GB,5GB or 10%%/20GB,5%%/10GB,2%%/4GB, not %q.", text)
	}
	for i, part := range parts {
		var err error
		if list[i], err = parseLimit(strings.TrimSpace(part)); err != nil {
			return Limits{}, err
		}
		if i > 0 && (list[i].Share > list[i-1].Share && list[i-1].Bytes == 0 || list[i].Bytes > list[i-1].Bytes && (list[i-1].Bytes > 0 || list[i-1].Share == 0)) {
			return Limits{}, hearth.Errorf(hearth.Invalid, "Write the largest limit of the disk first: %s.", text)
		}
	}
	return Limits{list[0], list[1], list[2]}, nil
}

func parseLimit(text string) (Limit, error) {
	if share, most, ok := strings.Cut(text, "%/"); ok {
		limit, err := parseLimit(share + "%")
		if err != nil {
			return Limit{}, err
		}
		bytes, err := parseLimit(most)
		limit.Bytes = bytes.Bytes
		return limit, err
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		n, err := strconv.ParseFloat(share, 64)
		if err != nil || !(n >= 0 && n <= 50) {
			return Limit{}, hearth.Errorf(hearth.Invalid, "A share of the disk is a number from 0%% to 50%%, not %q.", text)
		}
		return Limit{Share: n / 100}, nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n > math.MaxInt64/2 {
		return Limit{}, hearth.Errorf(hearth.Invalid, "Write an amount of room like 64MB or 20GiB, not %q.", text)
	}
	return Limit{Bytes: int64(n)}, nil
}
