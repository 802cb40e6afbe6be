package wordpress

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait.
func Quick() network.Network {
	return build(time.Millisecond, timing{recheck: 5 * time.Millisecond, call: 2 * time.Second})
}
