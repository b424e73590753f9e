import { BentoCatalog, type CatalogOptions } from '../../src/core/discovery/bento-catalog';
import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';

/** Reads one workspace folder once; rejects as cancelled when the signal says so. */
export async function discoverFolder(
  options: CatalogOptions & { readonly signal?: AbortSignal },
): Promise<readonly DiscoveredBento[]> {
  const catalog = new BentoCatalog(options);
  try {
    return await catalog.refresh(options.signal);
  } finally {
    catalog.dispose();
  }
}
