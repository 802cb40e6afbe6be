package youtube

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait, with small pages.
func Quick() network.Network {
	return build(pace{least: time.Millisecond, recheck: 20 * time.Millisecond, call: 2 * time.Second, page: 10})
}
