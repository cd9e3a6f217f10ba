/** What the warranty watch asks of activities/assets. */
export interface AssetActivities {
  /**
   * Opens a ticket for every warranty and licence near its end that has none yet. Safe to run
   * twice.
   */
  announceEndings: () => Promise<AnnouncedEndings>
}

export interface AnnouncedEndings {
  /** Numbers of the tickets that were opened. */
  tickets: number[]
}
