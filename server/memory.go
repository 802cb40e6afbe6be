package server

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A start, a history that is told, an import: each leaves memory behind that Go
// keeps for the next burst, for minutes, while whoever looks at the machine sees
// a small server that is large. It is given back as soon as there is a rest.
const (
	restEvery = 3 * time.Second
	// restWork is how much may be allocated between two looks for it to be a rest:
	// below that the forced collection is not felt.
	restWork = 32 << 20
	// restWaste is from how much on giving back is worth a collection.
	restWaste = 8 << 20
	// collectAt is how many percent of what is reachable may come on top of it before
	// it is collected; Go's own 100 doubles a server that does little.
	collectAt = 50
)

// giveBack returns unused memory to the system whenever the server rests. Unless the
// operator has chosen with GOGC, it collects more often than Go would.
func giveBack(ctx context.Context) {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	}
	tick := time.NewTicker(restEvery)
	defer tick.Stop()
	before, started := readMemory(), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := readMemory()
		rests := now.allocated-before.allocated < restWork
		if rests && (now.waste() > restWaste || !started) { // what the start used may seem to be live
			debug.FreeOSMemory()
			now, started = readMemory(), true
		}
		before = now
	}
}

// memory is how much of Go's memory is used for what, in bytes.
type memory struct {
	allocated uint64 // since the start
	objects   uint64 // reachable ones and those not collected yet
	free      uint64 // neither used nor given back
	live      uint64 // reachable at the last collection
	held      uint64 // of the system, all in all
}

// waste is what a collection would most likely give back.
func (m *memory) waste() int64 { return int64(m.free) + int64(m.objects) - int64(m.live) }

func readMemory() memory {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return memory{samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64(), samples[3].Value.Uint64(),
		samples[4].Value.Uint64() - samples[5].Value.Uint64()}
}
