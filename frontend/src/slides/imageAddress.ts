/** Where the server has an image. */
export function imageAddress(id: string): string {
  return `/api/images/${encodeURIComponent(id)}`;
}
