import { BentoCatalog, type CatalogOptions } from './bento-catalog';
import type { DiscoveredBento } from './discovered-bento';

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
