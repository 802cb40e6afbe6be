package reddit

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait for ten minutes, with small
// pages.
func Quick() network.Network {
	return build(pace{least: time.Millisecond, recheck: 30 * time.Millisecond, page: 7, timeout: 2 * time.Second})
}
