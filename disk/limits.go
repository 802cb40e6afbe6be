package disk

import (
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"hearth"
)

// Limit is an amount of room: a share of the disk, or bytes.
type Limit struct {
	Share float64 // of the disk, 0 to 1
	Bytes int64   // where Share is 0
}

// on is the limit in bytes of a disk of that size.
func (l Limit) on(total int64) int64 {
	if l.Share > 0 {
		return int64(l.Share * float64(total))
	}
	return l.Bytes
}

// Limits are what a Guard goes by.
type Limits struct{ Low, Short, Out Limit }

// Standard is a tenth, a twentieth and a fiftieth.
var Standard = Limits{Low: Limit{Share: 0.10}, Short: Limit{Share: 0.05}, Out: Limit{Share: 0.02}}

// ParseLimits reads three limits, the largest first, such as "10%,5%,2%" or
// "50GB,20GB,5GB". Its errors are Invalid.
func ParseLimits(text string) (Limits, error) {
	var list [3]Limit
	parts := strings.Split(text, ",")
	if len(parts) != len(list) {
		return Limits{}, hearth.Errorf(hearth.Invalid, "Write the limits of the disk as three amounts, such as 10%%,5%%,2%% or 50GB,20GB,5GB, not %q.", text)
	}
	for i, part := range parts {
		var err error
		if list[i], err = parseLimit(strings.TrimSpace(part)); err != nil {
			return Limits{}, err
		}
		if i > 0 && (list[i].Share > list[i-1].Share && list[i-1].Bytes == 0 || list[i].Bytes > list[i-1].Bytes && list[i-1].Share == 0) {
			return Limits{}, hearth.Errorf(hearth.Invalid, "Write the largest limit of the disk first: %s.", text)
		}
	}
	return Limits{list[0], list[1], list[2]}, nil
}

func parseLimit(text string) (Limit, error) {
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
