package server

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// proves the footprint of a server that rests: what a burst used goes back to
// the system.
func TestMemoryOfABurstIsGivenBack(t *testing.T) { // not parallel: it looks at the whole process
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		burst := make([][]byte, 64)
		for i := range burst {
			burst[i] = make([]byte, 1<<20)
			burst[i][i] = 1
		}
		before := readMemory()
		if before.objects < 64<<20 {
			t.Fatalf("%d bytes of objects, want the burst among them", before.objects)
		}
		clear(burst)
		go giveBack(ctx)
		// The bubble's clock moves on once everybody waits.
		<-time.After(4 * restEvery)
		after := readMemory()
		stop()
		synctest.Wait()
		if held, holds := before.objects+before.free, after.objects+after.free; holds+32<<20 > held {
			t.Errorf("%d bytes are held after a rest, %d before", holds, held)
		}
	})
}
